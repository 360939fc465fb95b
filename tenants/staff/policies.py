"""Who may read and change a center's staff.

Appointing is the system administrator's work; nobody touches a membership of their own, so no
right can be raised by its holder, and the last administrator can't lock the center out.
"""

from tenants.staff.rules import DIRECTORY_ROLES, REGISTER_ROLES, CenterRole, Membership


def may_read_directory(membership: Membership | None) -> bool:
    """Tell whether the actor may list the center's members."""
    return membership is not None and membership.has(*DIRECTORY_ROLES)


def may_administer(membership: Membership | None, *, subject_account_id: int | None) -> bool:
    """Tell whether the actor may appoint, change or end the membership of an account."""
    return (
        membership is not None
        and membership.has(CenterRole.SYSTEM_ADMINISTRATOR)
        and membership.account_id != subject_account_id
    )


def may_secure(membership: Membership | None, *, subject_account_id: int | None = None) -> bool:
    """Tell whether the actor settles how staff sign in, and resets the second factor of another.

    The security administrator alone (三员分立, GB/T 22239-2019), and never on themselves.
    """
    return (
        membership is not None
        and membership.has(CenterRole.SECURITY_ADMINISTRATOR)
        and membership.account_id != subject_account_id
    )


def may_read_audit(membership: Membership | None) -> bool:
    """Tell whether the actor audits the center: neither of the other two administrators does."""
    return membership is not None and membership.has(CenterRole.AUDITOR)


def may_keep_registers(membership: Membership | None) -> bool:
    """Tell whether the actor keeps departments, postings, deeds, seals and windows."""
    return membership is not None and membership.has(*REGISTER_ROLES)
