"""A center's people, the departments that posted them, and what these let them decide and seal."""

from tenants.staff.models.departments import (
    AuthorizationDeed,
    Department,
    Posting,
    Seal,
    SealUse,
)
from tenants.staff.models.members import Member, MemberQuerySet, SignInTerms

__all__ = [
    "AuthorizationDeed",
    "Department",
    "Member",
    "MemberQuerySet",
    "Posting",
    "Seal",
    "SealUse",
    "SignInTerms",
]
