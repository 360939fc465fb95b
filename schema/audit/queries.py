"""Reading audit logs: a center's by its auditor, the platform's own by its operator."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.audit.types import AuditRecord, AuditState
from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_actor
from tenants.staff import queries as staff
from tenants.staff.operations import audit_reading
from tongban.audit import policies
from tongban.audit.operations import read
from tongban.audit.rules import AuditFilter as Wanted
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.transactions import PLATFORM

_ORDER = ("-sequence",)


@strawberry.input(description="What is looked for in an audit log.")
class AuditFilter:
    action: str | None = strawberry.field(
        default=None, description="Only this action, such as `case.reveal_field`."
    )
    actor: str | None = strawberry.field(
        default=None, description="Only what this one did, by staff number or `actorKey`."
    )
    object_type: str | None = strawberry.field(
        default=None, description="Only what was done to this kind of thing, such as `case`."
    )
    object: str | None = strawberry.field(
        default=None, description="Only what was done to the thing with this key."
    )
    from_: datetime | None = strawberry.field(
        name="from", default=None, description="Only then or later."
    )
    to: datetime | None = strawberry.field(default=None, description="Only before.")

    def read(self) -> Wanted:
        """Return what the domain looks for."""
        return Wanted(
            action=self.action,
            actor=self.actor,
            object_type=self.object_type,
            object_key=self.object,
            start=self.from_,
            end=self.to,
        )


@strawberry.type
class AuditQuery:
    @strawberry.field(
        description="The audit log of the center, latest first, to its auditor and to nobody else; "
        "at `/graphql` the platform's own, to its operator over the whole country. Each page that "
        "is read is an entry itself (`audit.read`)."
    )
    def audit_records(
        self,
        info: Info,
        filter: Annotated[
            AuditFilter | None, strawberry.argument(description="What to look for.")
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[AuditRecord]:
        actor, now = require_actor(info), info.context.now()
        where = filter.read() if filter else Wanted()
        if info.context.center is None:
            with shared_context(SharedRole.PLATFORM):
                rows = read.read_platform_records(actor=actor, where=where, now=now)
                return paginate(
                    rows, order=_ORDER, first=first, after=after,
                    node=lambda row: AuditRecord.of(row, {}),
                )  # fmt: skip
        rows = audit_reading.read_audit(actor=actor, where=where, now=now)
        badges = staff.badges()
        return paginate(
            rows, order=_ORDER, first=first, after=after,
            node=lambda row: AuditRecord.of(row, badges),
        )  # fmt: skip

    @strawberry.field(
        description="How the audit log stands, to who may read it (`auditRecords`); or null."
    )
    def audit_state(self, info: Info) -> AuditState | None:
        actor = require_actor(info)
        if info.context.center is None:
            if not policies.may_read_platform(actor):
                return None
            with shared_context(SharedRole.PLATFORM):
                return AuditState.of(read.standing(PLATFORM))
        standing = audit_reading.audit_standing(actor=actor)
        return AuditState.of(standing) if standing else None
