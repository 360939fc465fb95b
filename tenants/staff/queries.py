"""Who works in the center at hand; all of it runs in that center's context."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from datetime import date
from functools import cached_property

from django.conf import settings
from django.db import transaction
from django.db.models import Exists, Q, QuerySet

from tenants.staff import errors, models, policies
from tenants.staff.rules import (
    Authority,
    CenterRole,
    DecidingScope,
    DeedStanding,
    Membership,
    PostingKind,
    SealUseBody,
    SignInTerms,
    deed_standing,
    is_in_force,
    is_staff_number,
    seal_entry,
    seal_in_words,
)
from tongban.kernel import context, crypto, statements
from tongban.kernel.actors import Actor
from tongban.kernel.ports import CheckedChain


def membership_of(actor: Actor) -> Membership | None:
    """Return what the actor is in this center, in one statement, or None for an outsider.

    A station's machine is the station operator of the one center that it is bound to.
    Raises: as ``own_member``.
    """
    if actor.kind == "machine":
        if actor.center_code != context.current_center():
            return None
        return Membership(
            member_id=None,
            account_id=None,
            roles=frozenset({CenterRole.STATION_OPERATOR}),
            display_name=actor.display_name,
            staff_number="",
            version=0,
        )
    member = own_member(actor)
    if member is None:
        return None
    return _membership(member)


def lock_membership(staff_number: str) -> Membership | None:
    """Return what a member is who works here now, locked until the transaction ends, or None.

    Who ends or changes the membership waits for that, or came before.
    """
    if not is_staff_number(staff_number):
        return None
    working = models.Member.objects.active().select_for_update()
    member = working.filter(staff_number=staff_number).first()
    return _membership(member) if member else None


def _membership(member: models.Member) -> Membership:
    return Membership(
        member_id=member.pk,
        account_id=member.account_id,
        roles=frozenset(CenterRole(role) for role in member.roles),
        display_name=member.display_name,
        staff_number=member.staff_number,
        version=member.version,
    )


def own_member(actor: Actor) -> models.Member | None:
    """Return the row of a person who works here now, or None, in one statement.

    Nobody becomes a member otherwise: what the center or the platform asks of staff at sign-in is
    asked here. Raises: SecondFactorRequiredError, PasswordExpiredError.
    """
    if actor.account_id is None:
        return None
    found = _working(actor.account_id)
    if not found:
        return None
    (member,) = found
    if actor.is_password_expired:
        raise errors.PasswordExpiredError(days=settings.STAFF_PASSWORD_DAYS)
    asked_here: bool = member.asks_second_factor  # type: ignore[attr-defined] # annotated above
    if (asked_here or settings.STAFF_SECOND_FACTOR) and not actor.is_two_factor:
        raise errors.SecondFactorRequiredError(is_enrolled=actor.has_second_factor)
    return member


@statements.compiled
def _working(account_id: int) -> QuerySet[models.Member]:
    asking = models.SignInTerms.objects.filter(second_factor=True)
    own = models.Member.objects.active().filter(account_id=account_id)
    return own.annotate(asks_second_factor=Exists(asking))


def sign_in_terms() -> SignInTerms:
    """Return what the center asks of its staff at sign-in."""
    row = models.SignInTerms.objects.first()
    if row is None:
        return SignInTerms()
    return SignInTerms(second_factor=row.second_factor, version=row.version)


def list_members(
    *, actor: Actor, role: CenterRole | None = None, is_active: bool | None = True
) -> QuerySet[models.Member]:
    """Return the members that the actor may list: all, or none to whoever does not administer."""
    rows = models.Member.objects.all()
    if not policies.may_read_directory(membership_of(actor)):
        return rows.none()
    if role is not None:
        rows = rows.holding(role)
    return rows if is_active is None else rows.filter(is_active=is_active)


def actor_key(staff_number: str) -> str:
    """Return by which key logs have the member with this number, present or past, or ""."""
    if not is_staff_number(staff_number):
        return ""
    found = models.Member.objects.filter(staff_number=staff_number)
    account_id = found.values_list("account_id", flat=True).first()
    return f"account:{account_id}" if account_id else ""


def badges() -> dict[str, tuple[str, str]]:
    """Return name and staff number of all members, present and past, by the key of their logs."""
    rows = models.Member.objects.values_list("account_id", "display_name", "staff_number")
    return {f"account:{account_id}": (name, number) for account_id, name, number in rows}


def has_administrator() -> bool:
    """Tell whether this center has a system administrator at work."""
    return models.Member.objects.active().holding(CenterRole.SYSTEM_ADMINISTRATOR).exists()


def list_departments(*, is_active: bool | None = True) -> QuerySet[models.Department]:
    """Return the center's departments: which work in a hall stands on its board."""
    rows = models.Department.objects.all()
    return rows if is_active is None else rows.filter(is_active=is_active)


def department(*, code: str) -> models.Department | None:
    """Return the department with this code, at work or not, or None."""
    return models.Department.objects.filter(code=code).first()


def list_postings(
    *, actor: Actor, department_code: str | None = None, current: bool = True
) -> QuerySet[models.Posting]:
    """Return the postings that the actor may list: all, or none to whoever reads no directory."""
    rows = models.Posting.objects.select_related("member", "department")
    if not policies.may_read_directory(membership_of(actor)):
        return rows.none()
    if department_code is not None:
        rows = rows.filter(department__code=department_code)
    return rows.filter(ended_on=None) if current else rows


def list_deeds(*, actor: Actor, current: bool = True) -> QuerySet[models.AuthorizationDeed]:
    """Return the deeds that the actor may list: all, or a member's own."""
    rows = deeds()
    membership = membership_of(actor)
    if not policies.may_read_directory(membership):
        own = membership.member_id if membership else None
        rows = rows.filter(member_id=own) if own else rows.none()
    return rows.filter(revoked_at=None) if current else rows


def list_seals(*, actor: Actor, current: bool = True) -> QuerySet[models.Seal]:
    """Return the seals that the actor may list: all, or those a member keeps."""
    rows = seals()
    membership = membership_of(actor)
    if not policies.may_read_directory(membership):
        own = membership.member_id if membership else None
        rows = rows.filter(keeper_id=own) if own else rows.none()
    return rows.filter(is_active=True) if current else rows


def deeds() -> QuerySet[models.AuthorizationDeed]:
    """Return all deeds, each with its department and holder."""
    return models.AuthorizationDeed.objects.select_related("department", "member")


def seals() -> QuerySet[models.Seal]:
    """Return all seals, each with its department and keeper."""
    return models.Seal.objects.select_related("department", "keeper")


def working_department(label: str) -> models.Department | None:
    """Return the department at work here that goes by this name or code, or None."""
    if not label:
        return None
    named = Q(name=label) | Q(code=label)
    return models.Department.objects.filter(named, is_active=True).order_by("id").first()


def labels_of(label: str) -> tuple[str, ...]:
    """Return every name by which the department with this name or code goes, else the label.

    Also of a department that works here no more. One statement, none for what is no label.
    """
    if not label or not label.isprintable():
        return ()
    named = models.Department.objects.filter(Q(name=label) | Q(code=label))
    known = {text for pair in named.values_list("code", "name") for text in pair}
    return tuple(sorted(known | {label}))


class StaffRegister:
    """The departments at work here and what one member is to them, for who looks at many cases.

    Each part is read when it is first asked for, in one statement, and once.
    """

    def __init__(self, membership: Membership | None) -> None:
        self._member_id = (membership.member_id if membership else None) or 0

    @cached_property
    def working(self) -> dict[str, models.Department]:
        """The departments by the names and codes they go by, as ``working_department`` finds."""
        found = models.Department.objects.filter(is_active=True).order_by("-id")
        return {label: each for each in found for label in (each.name, each.code)}

    def department(self, label: str) -> models.Department | None:
        """Return the department at work here that goes by this name or code, or None."""
        return self.working.get(label)

    @cached_property
    def posted(self) -> str:
        """The code of the department that posts the member here now, or ""."""
        return posted_department(self._member_id)

    @cached_property
    def _deeds(self) -> list[models.AuthorizationDeed]:
        return list(_deeds_of(self._member_id))

    def authority_to_decide(
        self, *, department: str, matter_code: str, on: date
    ) -> Authority | None:
        """Return how far the member may decide a matter, as ``authority_to_decide`` does."""
        found = self.department(department)
        if found is None:
            return None
        held = [deed for deed in self._deeds if deed.department_id == found.pk]
        return _authority(found, held, matter_code=matter_code, on=on, is_posted=bool(self.posted))


def authority_to_decide(
    *, member_id: int | None, department: str, matter_code: str, on: date, lock: bool = False
) -> Authority | None:
    """Return how far a member may decide a matter for a department, by its name or code.

    None where the center's register has no such department: nobody needs a deed of it. With
    ``lock`` the member's deeds stay as they are until the transaction ends, so that a revocation
    comes before or after. Three statements.
    """
    found = working_department(department)
    if found is None:
        return None
    is_posted = current_postings().filter(member=member_id or 0).exists()
    held = _deeds_of(member_id or 0).filter(department=found)
    if lock:
        held = held.select_for_update()
    return _authority(found, held, matter_code=matter_code, on=on, is_posted=is_posted)


def _deeds_of(member_id: int) -> QuerySet[models.AuthorizationDeed]:
    return models.AuthorizationDeed.objects.filter(member=member_id).order_by("id")


def _authority(
    department: models.Department,
    held: Iterable[models.AuthorizationDeed],
    *,
    matter_code: str,
    on: date,
    is_posted: bool,
) -> Authority:
    standing, number = DeedStanding.MISSING, ""
    for deed in held:
        this = deed_standing(deed, matter_code=matter_code, on=on)
        if _RANK[this] > _RANK[standing]:
            standing = this
            number = deed.number if this is DeedStanding.IN_FORCE else ""
    return Authority(department.code, department.name, standing, number, is_posted)


def deciding_scope(*, member_id: int, on: date) -> DecidingScope:
    """Return what a member may decide on a day, as ``authority_to_decide`` has it case by case.

    Three statements.
    """
    working = models.Department.objects.filter(is_active=True).values_list("code", "name")
    names = frozenset(label for pair in working for label in pair)
    postings = current_postings().filter(member=member_id)
    posted = postings.values_list("department__code", "department__name").first()
    if posted is None:
        return DecidingScope(names, ())
    held = deeds().filter(member=member_id, department__is_active=True)
    return DecidingScope(
        names,
        tuple(
            (frozenset({deed.department.code, deed.department.name}), frozenset(deed.matters))
            for deed in held
            if is_in_force(deed, on=on)
        ),
        frozenset(posted),
    )


_RANK = {standing: rank for rank, standing in enumerate(DeedStanding)}


def list_seal_uses(*, actor: Actor, seal_code: str) -> QuerySet[models.SealUse]:
    """Return the uses of a seal that the actor may list: whoever may list the seal lists them."""
    seals = list_seals(actor=actor, current=False).filter(code=seal_code)
    return models.SealUse.objects.filter(seal__in=seals).select_related("seal")


def seal_on(*, case_number: str, sha256: str) -> str:
    """Return in words which seal was last put on a document of a case, or "" where none was."""
    uses = models.SealUse.objects.filter(case_number=case_number, sha256=sha256)
    use = uses.select_related("seal").order_by("-id").first()
    if use is None:
        return ""
    return seal_in_words(use.seal.name, seal_entry(use.seal.code, use.sequence))


def check_seals() -> Iterator[CheckedChain]:
    """Yield for each seal of the center, retired ones too, whether its uses are whole."""
    for seal in models.Seal.objects.order_by("code"):
        broken = broken_link(seal)
        if broken is not None:  # look again under its lock: it may be in use
            with transaction.atomic():
                broken = broken_link(models.Seal.objects.select_for_update().get(pk=seal.pk))
        yield CheckedChain(seal.code, seal.uses_made, broken)


def broken_link(seal: models.Seal) -> int | None:
    """Return the first use of a seal that does not stand as it was written, None where all do.

    One that was taken away is named by the number that is missing: a later one does not follow,
    or the chain does not reach what the seal counts.
    """
    previous, expected = crypto.GENESIS, 0
    for use in seal.uses.order_by("sequence").iterator():
        expected += 1
        said = {
            **{name: getattr(use, name) for name in _SAID_OF_USES},
            "seal": seal.code,
            "used_at": crypto.plain_json(use.used_at),
        }
        following = crypto.chain_hash(previous, said)
        is_next = use.sequence == expected and bytes(use.previous_hash) == previous
        if not is_next or bytes(use.hash) != following:
            return expected
        previous = following
    is_whole = seal.uses_made == expected and bytes(seal.head_hash) == previous
    return None if is_whole else min(expected, seal.uses_made) + 1


_SAID_OF_USES = tuple(
    field.name for field in fields(SealUseBody) if field.name not in {"seal", "used_at"}
)


def is_representative(member: models.Member, department: models.Department) -> bool:
    """Tell whether the department posted the member here as its chief representative."""
    return member.postings.filter(
        department=department, kind=PostingKind.CHIEF_REPRESENTATIVE, ended_on=None
    ).exists()


def is_department_in_use(department: models.Department) -> bool:
    """Tell whether somebody or something of a department is at work in the center."""
    return (
        department.postings.filter(ended_on=None).exists()
        or department.deeds.filter(revoked_at=None).exists()
        or department.seals.filter(is_active=True).exists()
    )


def department_of(member: models.Member) -> int | None:
    """Return the id of the department that posts a member here now, or None."""
    return member.postings.filter(ended_on=None).values_list("department_id", flat=True).first()


def posted_department(member_id: int | None) -> str:
    """Return the code of the department that posts a member here now, or ""."""
    posted = current_postings().filter(member=member_id or 0)
    return posted.values_list("department__code", flat=True).first() or ""


def own_department(actor: Actor) -> models.Department | None:
    """Return the department that posts the actor here now, or None.

    Two statements. Raises: as ``own_member``.
    """
    member = own_member(actor)
    if member is None:
        return None
    posted = current_postings().filter(member=member).select_related("department").first()
    return posted.department if posted else None


def members_of(department: models.Department) -> QuerySet[models.Posting]:
    """Return the present postings of a department."""
    return department.postings.filter(ended_on=None)


def current_postings() -> QuerySet[models.Posting]:
    """Return the postings that last."""
    return models.Posting.objects.filter(ended_on=None)
