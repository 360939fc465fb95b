"""What belongs to a case, as the API shows it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Self

import strawberry
from strawberry.scalars import JSON

from schema.cases import links
from schema.context import Info
from schema.registry.types import Center
from schema.scalars import opaque_id
from tenants.cases import models, rules, states
from tongban.catalog.rules.content import MaterialSource, Necessity
from tongban.kernel.files import ScanState
from tongban.kernel.personal import IdKind
from tongban.registry import queries as registry


def center_of(code: str) -> Center:
    """Return the center with ``code`` as the API shows it."""
    record = registry.find_center(code)
    assert record is not None  # centers are never removed
    return Center.of(record)


@strawberry.type(description="Who did something; an applicant's name is masked.")
class Party:
    role: str = strawberry.field(description="`staff`, `station`, `applicant` or `system`.")
    name: str = strawberry.field(description="The name as it may be shown.")
    staff_number: str = strawberry.field(description="The number on the badge; empty for others.")
    center: Center = strawberry.field(description="Where it was done.")

    @classmethod
    def of(cls, party: Mapping[str, Any]) -> Self:
        """Return a party of an event as the API shows it."""
        return cls(
            role=party["role"],
            name=party["name"],
            staff_number=party.get("staff_number", ""),
            center=center_of(party["center_code"]),
        )


@strawberry.type(description="A person who acts for the applicant, masked.")
class ApplicantAgent:
    role: str = strawberry.field(description="`representative` (法定代表人) or `handler` (经办人).")
    name_masked: str = strawberry.field(description="The name, masked.")
    id_kind: IdKind | None = strawberry.field(description="The kind of identifier, where given.")
    id_number_masked: str = strawberry.field(description="The identifier, masked, or empty.")
    phone_masked: str = strawberry.field(description="The phone number, masked, or empty.")

    @classmethod
    def of(cls, agent: Mapping[str, Any]) -> Self:
        """Return an agent as the API shows it."""
        return cls(
            role=agent["role"],
            name_masked=agent["name"],
            id_kind=IdKind(agent["id_kind"]) if agent["id_kind"] else None,
            id_number_masked=agent["id_number"],
            phone_masked=agent["phone"],
        )


@strawberry.type(description="Who applies (申请人); personal data are masked, see `revealField`.")
class Applicant:
    kind: rules.ApplicantKind = strawberry.field(description="A person or an organization.")
    name_masked: str = strawberry.field(description="A person's masked, an organization's in full.")
    id_kind: IdKind = strawberry.field(description="The kind of identifier.")
    id_number_masked: str = strawberry.field(description="The identifier, masked.")
    phone_masked: str = strawberry.field(description="The phone number, masked, or empty.")
    agents: list[ApplicantAgent] = strawberry.field(description="Who acts for the applicant.")

    @classmethod
    def of(cls, row: models.Case) -> Self:
        """Return the applicant of a case as the API shows it."""
        return cls(
            kind=rules.ApplicantKind(row.applicant_kind),
            name_masked=row.applicant_name_masked,
            id_kind=IdKind(row.applicant_id_kind),
            id_number_masked=row.applicant_id_masked,
            phone_masked=row.applicant_phone_masked,
            agents=[ApplicantAgent.of(agent) for agent in row.agents],
        )


@strawberry.type(description="One file that was handed in.")
class MaterialFile:
    row: strawberry.Private[models.MaterialFile]

    scan_state: ScanState = strawberry.field(
        description="Whether its content was scanned, and with what outcome."
    )
    scan_signature: str | None = strawberry.field(
        description="What the scanner found in it, by its name there; for staff."
    )
    id: strawberry.ID = strawberry.field(description="Opaque.")
    filename: str = strawberry.field(description="Its name as it was handed in.")
    media_type: str = strawberry.field(description="What it is, told from its content.")
    size: int = strawberry.field(description="Its size in bytes.")
    sha256: str = strawberry.field(description="The SHA-256 of its content, hexadecimal.")
    added_at: datetime = strawberry.field(description="When it was handed in.")

    @classmethod
    def of(cls, row: models.MaterialFile, *, to_staff: bool) -> Self:
        """Return the file as the API shows it; it is read with what the scanner knows."""
        return cls(
            row=row,
            scan_state=ScanState(row.scan_state),
            scan_signature=row.scan_signature or None if to_staff else None,
            id=opaque_id("MaterialFile", row.pk),
            filename=row.filename,
            media_type=row.media_type,
            size=row.size,
            sha256=row.sha256,
            added_at=row.added_at,
        )

    @strawberry.field(description="Who handed it in.")
    def added_by(self) -> Party:
        return Party.of(self.row.added_by)

    @strawberry.field(
        description="An address that opens the file for ten minutes, for whoever asked for it; "
        "null while it is to be scanned, and for good where something was found in it."
    )
    def link(self, info: Info) -> str | None:
        if self.scan_state in {ScanState.PENDING, ScanState.INFECTED}:
            return None
        return links.link_to(info, links.MATERIAL, self.row.pk)


@strawberry.type(description="One material of a case (申报材料).")
class Material:
    code: str = strawberry.field(description="Its code within the matter.")
    name: str = strawberry.field(description="What it is called.")
    necessity: Necessity = strawberry.field(description="Whether it must be there.")
    source: MaterialSource = strawberry.field(description="Who issues it.")
    dropped_at: datetime | None = strawberry.field(
        description="Since when it is asked for no more; null while it is asked for."
    )
    files: list[MaterialFile] = strawberry.field(description="What was handed in of it.")

    @classmethod
    def of(cls, row: models.Material, *, to_staff: bool) -> Self:
        """Return the material as the API shows it."""
        return cls(
            code=row.code,
            name=row.name,
            necessity=Necessity(row.necessity),
            source=MaterialSource(row.source),
            dropped_at=row.dropped_at,
            files=[
                MaterialFile.of(file, to_staff=to_staff)
                for file in sorted(row.files.all(), key=_added)
            ],
        )


def _added(file: models.MaterialFile) -> tuple[datetime, str]:
    return file.added_at, str(file.pk)


@strawberry.type(description="One thing to make good, or an answer to it.")
class Defect:
    material_code: str = strawberry.field(
        description="The material's code; empty for a condition, or the application form itself."
    )
    condition_code: str = strawberry.field(
        description="The condition's code; empty for a material, or the application form itself."
    )
    condition_text: str | None = strawberry.field(description="The condition that is not shown.")
    text: str = strawberry.field(description="What is wrong, or what was answered.")
    supplied_by: rules.SuppliedBy = strawberry.field(
        description="Who makes it good: the applicant, or who has it within government."
    )
    was_knowable: bool = strawberry.field(
        description="Of a further notice: whether the first one could have told it."
    )
    answered_at: datetime | None = strawberry.field(
        description="When it was made good; null while it is open, and of answers themselves."
    )

    @classmethod
    def of(cls, defect: Mapping[str, Any], *, whole_at: datetime | None = None) -> Self:
        """Return a defect or an answer as the API shows it.

        ``whole_at`` is when the whole notice was answered.
        """
        at, supplier = defect.get("answered_at"), defect.get("supplied_by")
        return cls(
            material_code=defect["material"],
            condition_code=defect.get("condition", ""),
            condition_text=defect.get("condition_text"),
            text=defect["text"],
            supplied_by=rules.SuppliedBy(supplier or rules.SuppliedBy.APPLICANT),
            was_knowable=defect.get("was_knowable", False),
            answered_at=datetime.fromisoformat(at) if at else None if supplier else whole_at,
        )


@strawberry.type(description="一次告知: all defects of an application, told at once.")
class Notice:
    number: int = strawberry.field(description="Its place among the notices of the case, from 1.")
    issued_at: datetime = strawberry.field(description="When it was issued.")
    defects: list[Defect] = strawberry.field(description="What is to be made good.")
    answered_at: datetime | None = strawberry.field(
        description="When the last of what it asks the applicant for was answered."
    )
    answers: list[Defect] = strawberry.field(description="What was answered in words.")

    @classmethod
    def of(cls, row: models.Notice) -> Self:
        """Return the notice as the API shows it."""
        return cls(
            number=row.number,
            issued_at=row.issued_at,
            defects=[Defect.of(defect, whole_at=row.answered_at) for defect in row.defects],
            answered_at=row.answered_at,
            answers=[Defect.of(answer) for answer in row.answers],
        )


@strawberry.type(description="What of a case a ground is about: a condition or a material.")
class GroundSubject:
    material_code: str = strawberry.field(description="The material's code; empty for none.")
    condition_code: str = strawberry.field(description="The condition's code; empty for none.")
    about: str = strawberry.field(description="Its name or text.")

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Return the subject as the API shows it."""
        return cls(
            material_code=said["material"], condition_code=said["condition"], about=said["about"]
        )


@strawberry.type(description="One coded reason that a review gives against the application.")
class ReviewGround:
    ground_code: str = strawberry.field(description="The ground's code.")
    ground_text: str = strawberry.field(description="The ground in words.")
    subject: GroundSubject = strawberry.field(description="What it is about.")
    text: str = strawberry.field(description="What was found; empty where the ground says all.")

    @classmethod
    def of(cls, said: Mapping[str, Any]) -> Self:
        """Return the ground as the API shows it."""
        return cls(
            ground_code=said["ground"],
            ground_text=rules.REJECTION_GROUNDS[said["ground"]][0],
            subject=GroundSubject.of(said),
            text=said["text"],
        )


@strawberry.type(
    description="One department's review (审查) or verification (审核); only staff see them."
)
class ReviewTask:
    department: str = strawberry.field(
        description="Whose it is, as the offering names it: the liable department, or one that "
        "takes part."
    )
    kind: rules.ReviewKind = strawberry.field(description="Review or verification.")
    opened_at: datetime = strawberry.field(description="Since when it can be done.")
    due_at: datetime | None = strawberry.field(
        description="Until when: the end of its step, at the latest of the promise. Null while the "
        "clock stands still."
    )
    lamp: states.Lamp | None = strawberry.field(
        description="红黄灯 of this task; null once it is recorded and where the case has none."
    )
    recorded_at: datetime | None = strawberry.field(description="When it was recorded.")
    reviewer: Party | None = strawberry.field(description="Who recorded it.")
    is_favourable: bool | None = strawberry.field(description="Whether it speaks for approval.")
    opinion: str = strawberry.field(description="What it says.")
    grounds: list[ReviewGround] = strawberry.field(description="What it has against approval.")
    confirmed_at: datetime | None = strawberry.field(
        description="初审确认: when another person verified that all points are good; what was so "
        "then is judged otherwise only with a reason."
    )

    @classmethod
    def of(cls, case: models.Case, row: models.ReviewTask, now: datetime) -> Self:
        """Return a task of the case as the API shows it."""
        return cls(
            department=row.department,
            kind=rules.ReviewKind(row.kind),
            opened_at=row.opened_at,
            due_at=row.due_at,
            lamp=rules.review_lamp(row, now) if case.state in rules.LIT else None,
            recorded_at=row.recorded_at,
            reviewer=Party.of(row.reviewer) if row.reviewer else None,
            is_favourable=row.is_favourable,
            opinion=row.opinion,
            grounds=[ReviewGround.of(ground) for ground in row.grounds],
            confirmed_at=row.confirmed_at,
        )


@strawberry.type(description="A document of the case as it was handed out (收件回执 …), signed.")
class Paper:
    row: strawberry.Private[models.Paper]

    id: strawberry.ID = strawberry.field(description="Opaque.")
    kind: rules.PaperKind = strawberry.field(description="Which document it is.")
    title: str = strawberry.field(description="What it is called.")
    number: str = strawberry.field(description="Its own number.")
    created_at: datetime = strawberry.field(description="Its date.")
    sha256: str = strawberry.field(description="The SHA-256 of the PDF, hexadecimal.")
    verify_url: str = strawberry.field(description="The public page that shows it is genuine.")
    statement: JSON = strawberry.field(
        description="What was signed: the paper, its case, the hash of the PDF and of the log."
    )
    key_id: str = strawberry.field(description="The center's key that signed it.")
    signature: str = strawberry.field(
        description="Ed25519 over the statement's canonical JSON, hexadecimal."
    )

    @classmethod
    def of(cls, row: models.Paper) -> Self:
        """Return the paper as the API shows it."""
        kind = rules.PaperKind(row.kind)
        return cls(
            row=row,
            id=opaque_id("Paper", row.pk),
            kind=kind,
            title=row.statement["title"],
            number=row.number,
            created_at=row.created_at,
            sha256=row.sha256,
            verify_url=links.verify_url(row.verify_token),
            statement=row.statement,
            key_id=row.key_id,
            signature=bytes(row.signature).hex(),
        )

    @strawberry.field(
        description="An address that opens the PDF for ten minutes, for whoever asked for it."
    )
    def link(self, info: Info) -> str | None:
        return links.link_to(info, links.PAPER, self.row.pk)


@strawberry.type(description="送达回证: how the result reached its receiver.")
class CaseDelivery:
    method: rules.DeliveryMethod = strawberry.field(description="How it was delivered.")
    receiver_name_masked: str = strawberry.field(description="Who received it, masked.")
    note: str = strawberry.field(description="A note of the counter.")
    tracking_number: str = strawberry.field(
        description="Of what was posted (邮件号码); empty for any other way."
    )

    @classmethod
    def of(cls, delivery: Mapping[str, Any]) -> Self:
        """Return the delivery as the API shows it."""
        return cls(
            method=rules.DeliveryMethod(delivery["method"]),
            receiver_name_masked=delivery["receiver_name_masked"],
            note=delivery["note"],
            tracking_number=delivery.get("tracking_number", ""),
        )
