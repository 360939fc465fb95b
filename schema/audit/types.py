"""Entries of an audit log, and how the log stands, as the API shows them to who audits."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

import strawberry
from strawberry.scalars import JSON

from schema.scalars import opaque_id
from tongban.audit.rules import Check, Head, Standing
from tongban.kernel import personal
from tongban.kernel.models import AuditEntry


@strawberry.type(description="审计记录: who did what to which object; no personal data in it.")
class AuditRecord:
    id: strawberry.ID = strawberry.field(description="Opaque.")
    sequence: int = strawberry.field(description="Its place in the chain, from 1, without gaps.")
    at: datetime = strawberry.field(description="When.")
    actor_key: str = strawberry.field(description="Who acted: the stable key that logs have.")
    actor_name: str = strawberry.field(
        description="The member's name; of anybody else the name masked."
    )
    staff_number: str = strawberry.field(description="The member's number, or empty.")
    client: str = strawberry.field(description="The application by which it was done, or empty.")
    action: str = strawberry.field(description="What was done, such as `case.decide`.")
    object_type: str = strawberry.field(description="To what kind of thing, such as `case`.")
    object_key: str = strawberry.field(description="To which, such as a case number.")
    data: JSON = strawberry.field(description="The particulars, as the action leaves them.")
    previous_hash: str = strawberry.field(description="SM3 of the entry before, in hex.")
    hash: str = strawberry.field(description="SM3 of that and of this entry, in hex.")

    @classmethod
    def of(cls, row: AuditEntry, badges: Mapping[str, tuple[str, str]]) -> Self:
        """Return an entry as the API shows it; ``badges`` names the center's members by key."""
        key, name = str(row.actor.get("key", "")), str(row.actor.get("name", ""))
        if key.startswith("account:"):
            # An entry from before names were masked when they were written has it in full.
            masked = name if "*" in name else personal.mask_name(name)
            name, number = badges.get(key, (masked, ""))
        else:
            number = ""
        return cls(
            id=opaque_id("AuditRecord", row.pk),
            sequence=row.sequence,
            at=row.at,
            actor_key=key,
            actor_name=name,
            staff_number=number,
            client=str(row.actor.get("client", "")),
            action=row.action,
            object_type=row.object_type,
            object_key=row.object_key,
            data=row.data,
            previous_hash=bytes(row.previous_hash).hex(),
            hash=bytes(row.hash).hex(),
        )


@strawberry.type(description="The end of an audit log's chain.")
class AuditHead:
    sequence: int = strawberry.field(description="The number of its last entry.")
    hash: str = strawberry.field(description="That entry's SM3, in hex.")

    @classmethod
    def of(cls, head: Head) -> Self:
        """Return the head as the API shows it."""
        return cls(sequence=head.sequence, hash=head.hash.hex())


@strawberry.type(description="The last verification of an audit log (`tongban audit verify`).")
class AuditCheck:
    at: datetime = strawberry.field(description="When.")
    sequence: int = strawberry.field(description="Up to which entry.")
    faults: int = strawberry.field(description="At how many places something was wrong.")

    @classmethod
    def of(cls, check: Check) -> Self:
        """Return the check as the API shows it."""
        return cls(at=check.at, sequence=check.sequence, faults=check.faults)


@strawberry.type(description="How an audit log stands.")
class AuditState:
    head: AuditHead = strawberry.field(description="The end of its chain now.")
    sealed_head: AuditHead | None = strawberry.field(
        description="The last head that was sealed outside the database, or null."
    )
    sealed_at: datetime | None = strawberry.field(description="When that was.")
    last_check: AuditCheck | None = strawberry.field(
        description="What the last verification came to, or null."
    )

    @classmethod
    def of(cls, standing: Standing) -> Self:
        """Return the standing as the API shows it."""
        return cls(
            head=AuditHead.of(standing.head),
            sealed_head=AuditHead.of(standing.sealed) if standing.sealed else None,
            sealed_at=standing.sealed_at,
            last_check=AuditCheck.of(standing.check) if standing.check else None,
        )
