"""A case, as the API shows it to one viewer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

import strawberry
from strawberry.scalars import JSON

from schema.cases.types.commitments import CaseCommitment
from schema.cases.types.consents import CaseConsent
from schema.cases.types.debts import CaseDebt
from schema.cases.types.decisions import CaseDecision
from schema.cases.types.enums import CaseAction
from schema.cases.types.events import CaseEvent, EventsAfter, place_of
from schema.cases.types.ledger import CaseExtension, CaseFinding, CaseStay
from schema.cases.types.offering import CaseOffering
from schema.cases.types.parts import (
    Applicant,
    CaseDelivery,
    Material,
    Notice,
    Paper,
    ReviewTask,
    center_of,
)
from schema.cases.types.results import CaseFeeSheet, CaseResult, CaseSeal
from schema.context import ENGLISH, Info
from schema.registry.types import Center
from schema.scalars import opaque_id
from tenants.cases import models, policies, queries, rules, states
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tongban.kernel import numbers
from tongban.kernel.actors import Actor


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who looks at cases of one center, read once per request."""

    actor: Actor
    membership: Membership | None
    register: staff.StaffRegister
    own: queries.OwnRatings

    @classmethod
    def of(cls, actor: Actor) -> Self:
        """Return the actor as a viewer in this center (one statement)."""
        membership = queries.membership_of(actor)
        return cls(actor, membership, staff.StaffRegister(membership), queries.OwnRatings(actor))

    def reads_as_staff(self, row: models.Case) -> bool:
        """Tell whether the viewer may see what staff write for each other on this case."""
        return policies.may_read_cases(self.membership) and not queries.is_applicant(
            self.actor, row
        )


@strawberry.type(description="An action on a case: whether the caller can do it now, or why not.")
class ActionAvailability:
    action: CaseAction = strawberry.field(description="The action.")
    is_available: bool = strawberry.field(description="Whether it would be carried out now.")
    code: str | None = strawberry.field(description="The code of the refusal it would get.")
    reason: str | None = strawberry.field(
        description="Why it is not allowed: `ROLE`, `STATE`, `OWNER`, `OWN_CASE` …"
    )


@strawberry.type(description="A case (办件) as this center knows it: its own, or a mirror.")
class Case:
    row: strawberry.Private[models.Case]
    viewer: strawberry.Private[Viewer]

    id: strawberry.ID = strawberry.field(description="Opaque, of this center's copy.")
    number: str = strawberry.field(description="The one number for life, canonical.")
    provisional_number: str = strawberry.field(
        description="临时号 that a station gave out before it had a line; empty for none."
    )
    version: int = strawberry.field(description="Grows with each change; for `expectedVersion`.")
    state: states.State = strawberry.field(description="Where it stands.")
    matter_code: str = strawberry.field(description="The matter's 12-digit code.")
    matter_name: str = strawberry.field(description="The matter's name.")
    channel: rules.Channel = strawberry.field(description="How it came in.")
    window_code: str = strawberry.field(
        description="This center's window that took it in or on; empty as long as none has."
    )
    custody: states.Custody = strawberry.field(description="Whether this center may work on it.")
    epoch: int = strawberry.field(description="How often custody has changed, from 1.")
    address_division: str = strawberry.field(description="The applicant's division, 12 digits.")
    form: JSON = strawberry.field(description="What the applicant filled in.")
    submitted_at: datetime | None = strawberry.field(description="When it was submitted.")
    received_at: datetime | None = strawberry.field(description="When it was last received whole.")
    accepted_at: datetime | None = strawberry.field(description="When it was accepted.")
    notice_due_at: datetime | None = strawberry.field(
        description="Until when defects must be told; otherwise it counts as accepted."
    )
    statutory_due_at: datetime | None = strawberry.field(description="The end of the legal limit.")
    promised_due_at: datetime | None = strawberry.field(description="The end of the promise.")
    decided_at: datetime | None = strawberry.field(description="When it was decided.")
    issued_at: datetime | None = strawberry.field(description="When the result was issued.")
    completed_at: datetime | None = strawberry.field(description="When it was delivered.")
    notices_issued: int = strawberry.field(description="How many notices it took.")

    @classmethod
    def of(cls, row: models.Case, viewer: Viewer) -> Self:
        """Return the case as the viewer, who may see it, sees it."""
        return cls(
            row=row,
            viewer=viewer,
            id=opaque_id("Case", row.pk),
            state=states.State(row.state),
            channel=rules.Channel(row.channel),
            custody=states.Custody(row.custody),
            **{name: getattr(row, name) for name in _AS_THEY_ARE},
        )

    @strawberry.field(description="The number in groups, to be read out.")
    def display_number(self) -> str:
        return numbers.display(self.number)

    @strawberry.field(description="Where it stands, in the request's language.")
    def state_text(self, info: Info) -> str:
        if info.context.language == ENGLISH:
            return self.state.value.replace("_", " ")
        return states.STATE_TEXTS[self.state]

    @strawberry.field(description="When the next thing is due: notice, decision; null for none.")
    def due_at(self) -> datetime | None:
        if self.decided_at is not None:
            return None
        return self.promised_due_at or self.statutory_due_at or self.notice_due_at

    @strawberry.field(
        description="红黄灯: how much of its limit is used; null before acceptance, while the "
        "clock stands still, and once it is decided."
    )
    def lamp(self) -> states.Lamp | None:
        return states.Lamp(self.row.lamp) if self.row.lamp else None

    @strawberry.field(description="For what its clock stood still (特别程序), first to last.")
    def stays(self) -> list[CaseStay]:
        return [CaseStay.of(stay) for stay in rules.read_ledger(self.row.ledger).stays]

    @strawberry.field(description="The one extension of its limit, where there is one.")
    def extension(self) -> CaseExtension | None:
        extension = rules.read_ledger(self.row.ledger).extension
        return CaseExtension.of(extension) if extension else None

    @strawberry.field(description="What went wrong with it, first to last.")
    def findings(self) -> list[CaseFinding]:
        return [CaseFinding.of(found) for found in self.row.findings]

    @strawberry.field(description="The offering as it was pinned at submission.")
    def offering(self) -> CaseOffering:
        return CaseOffering.of(self.row.offering)

    @strawberry.field(description="Who applies, masked.")
    def applicant(self) -> Applicant:
        return Applicant.of(self.row)

    @strawberry.field(description="The center whose number it bears; applicants read it there.")
    def home(self) -> Center:
        return center_of(self.row.home_code)

    @strawberry.field(description="The center that must decide it.")
    def owner(self) -> Center:
        return center_of(self.row.owner_code)

    @strawberry.field(description="The center that holds it: the only one that changes it.")
    def custodian(self) -> Center:
        return center_of(self.row.custodian_code)

    @strawberry.field(description="How it was decided, or acceptance refused.")
    def decision(self) -> CaseDecision | None:
        return CaseDecision.of(self.row.decision) if self.row.decision else None

    @strawberry.field(description="What was issued.")
    def result(self) -> CaseResult | None:
        result = self.row.result or {}
        return CaseResult.of(result) if "deliver_at" in result else None

    @strawberry.field(description="The seal on its result; null where there is none (yet).")
    def seal(self) -> CaseSeal | None:
        result = self.row.result or {}
        return CaseSeal.of(result) if "seal" in result else None

    @strawberry.field(description="Its sheet of fees; null as long as nothing was assessed.")
    def fees(self) -> CaseFeeSheet | None:
        return CaseFeeSheet.of(self.row.fees) if self.row.fees else None

    @strawberry.field(description="How the result was delivered.")
    def delivery(self) -> CaseDelivery | None:
        return CaseDelivery.of(self.row.delivery) if self.row.delivery else None

    @strawberry.field(description="The materials in the order of the offering, with their files.")
    def materials(self) -> list[Material]:
        rows = sorted(self.row.materials.all(), key=lambda material: material.position)
        to_staff = self.viewer.reads_as_staff(self.row)
        return [Material.of(material, to_staff=to_staff) for material in rows]

    @strawberry.field(description="容缺后补: what it owed after its acceptance, or still owes.")
    def debts(self) -> list[CaseDebt]:
        return [CaseDebt.of(debt) for debt in rules.read_debts(self.row.debts)]

    @strawberry.field(description="On what the use of the applicant's data rests, kind by kind.")
    def consents(self) -> list[CaseConsent]:
        return [CaseConsent.of(each) for each in rules.read_consents(self.row.consents)]

    @strawberry.field(description="告知承诺: what was committed to instead of proving it.")
    def commitments(self) -> list[CaseCommitment]:
        return [CaseCommitment.of(each) for each in rules.read_commitments(self.row.commitments)]

    @strawberry.field(description="All notices, first to last.")
    def notices(self) -> list[Notice]:
        rows = sorted(self.row.notices.all(), key=lambda notice: notice.number)
        return [Notice.of(notice) for notice in rows]

    @strawberry.field(
        description="Review and verification of each department; empty for applicants."
    )
    def tasks(self, info: Info) -> list[ReviewTask]:
        if not self.viewer.reads_as_staff(self.row):
            return []
        rows, now = sorted(self.row.tasks.all(), key=lambda task: task.pk), info.context.now()
        return [ReviewTask.of(self.row, task, now) for task in rows]

    @strawberry.field(description="The documents that this center handed out, first to last.")
    def papers(self) -> list[Paper]:
        rows = sorted(self.row.papers.all(), key=lambda paper: paper.pk)
        return [Paper.of(paper) for paper in rows]

    @strawberry.field(description="The log of the case, first to last.")
    def events(self, info: Info, after: EventsAfter = None) -> list[CaseEvent]:
        place, to_staff = place_of(after), self.viewer.reads_as_staff(self.row)
        return [
            CaseEvent.of(event, language=info.context.language, to_staff=to_staff)
            for event in sorted(self.row.events.all(), key=lambda event: event.sequence)
            if event.sequence > place
        ]

    @strawberry.field(description="Every action with whether the caller can do it now.")
    def available_actions(self, info: Info) -> list[ActionAvailability]:
        viewer = self.viewer
        found = queries.available_actions(
            viewer.actor,
            viewer.membership,
            self.row,
            now=info.context.now(),
            register=viewer.register,
            own=viewer.own,
        )
        return [
            ActionAvailability(
                action=CaseAction(item.action),
                is_available=item.is_available,
                code=item.code or None,
                reason=item.reason or None,
            )
            for item in found
        ]


_AS_THEY_ARE = (
    "number",
    "provisional_number",
    "version",
    "matter_code",
    "matter_name",
    "window_code",
    "epoch",
    "address_division",
    "form",
    "submitted_at",
    "received_at",
    "accepted_at",
    "notice_due_at",
    "statutory_due_at",
    "promised_due_at",
    "decided_at",
    "issued_at",
    "completed_at",
    "notices_issued",
)
