"""What the mutations of intake take: applications, materials, and notices with their answers."""

import uuid
from collections.abc import Iterable, Mapping
from typing import Any, cast

import strawberry
from strawberry.scalars import JSON

from schema import payloads
from schema.cases.inputs import NUMBER, VERSION
from schema.cases.types.consents import ConsentInput
from schema.catalog.types import GuideAnswerInput
from schema.scalars import Upload
from tenants.cases import rules
from tongban.kernel.personal import IdKind

_MATERIAL = "The material's code in the offering."
_COMMITMENT = (
    "告知承诺 instead of files: exactly what the applicant was told before committing, by the "
    "material's `commitmentNotice`. Empty where nobody commits."
)
_FILES = (
    "Its files in this request, at most 20 with `uploads`; none where `commitment` stands for it."
)
_UPLOADS = "Files that came in parts before (`…/uploads/`), by their ids; each is used once."


def incoming(files: Iterable[Upload], uploads: Iterable[uuid.UUID]) -> list[rules.Handed]:
    """Return uploaded files as operations take them."""
    return [
        *(rules.IncomingFile(f.name or "", f.file) for f in files if f.file is not None),
        *map(rules.IncomingUpload, uploads),
    ]


@strawberry.input(description="Files for one material.")
class MaterialInput:
    material_code: str = strawberry.field(description=_MATERIAL)
    files: list[Upload] = strawberry.field(default_factory=list, description=_FILES)
    uploads: list[uuid.UUID] = strawberry.field(default_factory=list, description=_UPLOADS)
    commitment: str = strawberry.field(default="", description=_COMMITMENT)


def by_material(materials: Iterable[MaterialInput]) -> dict[str, list[rules.Handed]]:
    """Return the files of materials by their code; one that is named twice has both lists."""
    found: dict[str, list[rules.Handed]] = {}
    for material in materials:
        found.setdefault(material.material_code, []).extend(
            incoming(material.files, material.uploads)
        )
    return found


def committed(materials: Iterable[MaterialInput]) -> dict[str, str]:
    """Return what was told of each material that is committed to, by its code."""
    return {each.material_code: each.commitment for each in materials if each.commitment}


@strawberry.input(description="A person who acts for the applicant.")
class AgentInput:
    name: str = strawberry.field(description="The name.")
    id_kind: IdKind | None = strawberry.field(
        default=None, description="The kind of identifier, with `idNumber` only."
    )
    id_number: str = strawberry.field(default="", description="The identifier.")
    phone: str = strawberry.field(default="", description="A phone number of the mainland.")

    def read(self) -> rules.Agent:
        """Return the agent as operations take it."""
        return rules.Agent(self.name, self.id_kind, self.id_number, self.phone)


@strawberry.input(description="Who applies (申请人).")
class ApplicantInput:
    kind: rules.ApplicantKind = strawberry.field(description="A person or an organization.")
    name: str = strawberry.field(description="The full name.")
    id_kind: IdKind = strawberry.field(description="The kind of identifier.")
    id_number: str = strawberry.field(description="The identifier; kept encrypted.")
    phone: str = strawberry.field(
        default="", description="A phone number of the mainland, for messages; kept encrypted."
    )
    representative: AgentInput | None = strawberry.field(
        default=None, description="法定代表人, of an organization."
    )
    handler: AgentInput | None = strawberry.field(default=None, description="经办人.")

    def read(self) -> rules.Applicant:
        """Return the applicant as operations take it."""
        return rules.Applicant(
            kind=self.kind,
            name=self.name,
            id_kind=self.id_kind,
            id_number=self.id_number,
            phone=self.phone,
            representative=self.representative.read() if self.representative else None,
            handler=self.handler.read() if self.handler else None,
        )


def chosen(answers: Iterable[GuideAnswerInput]) -> tuple[rules.GuideAnswer, ...]:
    """Return answers as operations take them."""
    return tuple(rules.GuideAnswer(each.question, each.option) for each in answers)


@strawberry.input(description="An application with its materials, in one request.")
class SubmitCaseInput:
    matter: str = strawberry.field(description="The matter's 12-digit code.")
    applicant: ApplicantInput = strawberry.field(description="Who applies.")
    variant: str = strawberry.field(
        default="",
        description="业务办理项: the serial of two digits, where the matter has variants.",
    )
    answers: list[GuideAnswerInput] = strawberry.field(
        default_factory=list,
        description="Answers to the matter's questions: exactly the materials that apply are asked "
        "for. A draft may leave some open.",
    )
    address_division: str = strawberry.field(
        default="", description="The 12-digit code of the applicant's address; routing uses it."
    )
    form: JSON | None = strawberry.field(
        default=None, description="What the applicant filled in, an object of at most 64 KiB."
    )
    channel: rules.Channel | None = strawberry.field(
        default=None, description="How it came in; null: as the caller works."
    )
    hold_for_review: bool = strawberry.field(
        default=False,
        description="Keep it at this window, also incomplete, until it is offered on.",
    )
    as_draft: bool = strawberry.field(default=False, description="Save it only.")
    draft_number: str = strawberry.field(
        default="", description="The number of a saved draft to go on with."
    )
    provisional_number: str = strawberry.field(
        default="",
        description="临时号: a number of `reserveProvisionalNumbers` under which a station took it "
        "in while its line was down. It stands for one application: the same again answers the "
        "same case, whatever the key, another is `PROVISIONAL_NUMBER_USED`.",
    )
    consent: ConsentInput | None = strawberry.field(
        default=None,
        description="What the applicant was told of their data and agreed to; null: nothing of it "
        "is known, and the case rests on the law alone.",
    )
    materials: list[MaterialInput] = strawberry.field(
        default_factory=list, description="The materials with their files."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)

    def read(self) -> rules.SubmitRequest:
        """Return the application as the operation takes it."""
        return rules.SubmitRequest(
            matter_code=self.matter,
            applicant=self.applicant.read(),
            variant=self.variant,
            answers=chosen(self.answers),
            address_division=self.address_division,
            form=cast("Mapping[str, Any]", self.form) if self.form is not None else {},
            channel=self.channel,
            hold_for_review=self.hold_for_review,
            as_draft=self.as_draft,
            draft_number=self.draft_number,
            provisional_number=self.provisional_number,
            consent=self.consent.read() if self.consent else None,
            commitments=committed(self.materials),
        )


@strawberry.input(description="How many provisional numbers to reserve, and for which device.")
class ReserveProvisionalNumbersInput:
    count: int = strawberry.field(description="How many, at most 500.")
    device: str = strawberry.field(
        default="", description="What gives them out, such as a tablet's name; at most 60."
    )
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Files to add to a material, or as a further one.")
class AddMaterialInput:
    number: str = strawberry.field(description=NUMBER)
    material_code: str = strawberry.field(
        default="", description="The material's code; empty for a further one, by its name."
    )
    material_name: str = strawberry.field(
        default="", description="What a further material is called."
    )
    files: list[Upload] = strawberry.field(default_factory=list, description=_FILES)
    uploads: list[uuid.UUID] = strawberry.field(default_factory=list, description=_UPLOADS)
    commitment: str = strawberry.field(default="", description=_COMMITMENT)
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="One thing to make good.")
class DefectInput:
    material_code: str = strawberry.field(
        default="",
        description="The material's code; empty for a condition, or the application form itself.",
    )
    condition_code: str = strawberry.field(
        default="",
        description="The condition's code (`CaseOffering.acceptanceConditions`), without a "
        "`materialCode`.",
    )
    text: str = strawberry.field(description="What is wrong and what is needed.")

    def read(self) -> rules.Defect:
        """Return the defect as operations take it."""
        return rules.Defect(self.material_code, self.text, self.condition_code)

    def read_answer(self) -> rules.Answer:
        """Return what it says to a defect as operations take it."""
        return rules.Answer(self.material_code, self.text, self.condition_code)


@strawberry.input(description="All defects of an application at once.")
class IssueNoticeInput:
    number: str = strawberry.field(description=NUMBER)
    defects: list[DefectInput] = strawberry.field(description="All that must be made good.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What answers the latest notice: a file or a text per defect.")
class AnswerNoticeInput:
    number: str = strawberry.field(description=NUMBER)
    answers: list[DefectInput] = strawberry.field(
        default_factory=list, description="Answers in words."
    )
    materials: list[MaterialInput] = strawberry.field(
        default_factory=list, description="Materials with their new files."
    )
    is_partial: bool = strawberry.field(
        default=False,
        description="Whether some of the defects are enough for now: the others stay open, and so "
        "does the notice. Without it whatever is still open is `ANSWER_INCOMPLETE`.",
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)
