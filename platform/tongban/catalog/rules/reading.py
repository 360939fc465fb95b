"""Reading contents out of the JSON that others wrote, saying exactly which element is wrong."""

from collections.abc import Mapping
from typing import Any

from tongban.catalog.rules.content import (
    SERVICE_OBJECTS,
    Answered,
    BasisLevel,
    Condition,
    Fee,
    FeeItem,
    HandlingForm,
    HandlingType,
    IntermediaryService,
    LegalBasis,
    Limit,
    Material,
    MaterialKind,
    MaterialSource,
    MatterContent,
    MatterLevel,
    Necessity,
    Option,
    PowerSource,
    ProcedureKind,
    Question,
    Result,
    ResultKind,
    ServiceLine,
    SpecialProcedure,
    Step,
    StepKind,
    StoredFile,
    Variant,
    Waiver,
)
from tongban.catalog.rules.shapes import Reader
from tongban.kernel.calendar import LimitUnit


def read_content(data: Mapping[str, Any]) -> MatterContent:
    """Return the content that a JSON object says; keys it doesn't know are left aside.

    Raises: ShapeError that names the first element which is missing, or not what it must be.
    """
    return _content(Reader(data))


def _content(at: Reader) -> MatterContent:
    return MatterContent(
        name=at.text("name", required=True, longest=200),
        matter_type=at.code("matter_type", pattern=r"\d{2}"),
        short_name=at.text("short_name", longest=100),
        service_line=at.choice("service_line", ServiceLine),
        department=at.text("department", longest=100),
        theme=at.text("theme", longest=40),
        service_objects=at.codes("service_objects", SERVICE_OBJECTS),
        levels=at.choices("levels", MatterLevel),
        assisted_intake=at.flag("assisted_intake"),
        jurisdiction_note=at.text("jurisdiction_note"),
        handling_type=at.choice("handling_type", HandlingType),
        legal_bases=tuple(map(_legal_basis, at.objects("legal_bases"))),
        conditions=tuple(map(_condition, at.objects("conditions"))),
        materials=tuple(map(_material, at.objects("materials"))),
        statutory_limit=read_limit(at.object("statutory_limit")),
        statutory_limit_note=at.text("statutory_limit_note"),
        promised_limit=read_limit(at.object("promised_limit")),
        fee=_fee(at.object("fee")),
        result=_result(at.object("result")),
        online_depth=at.number("online_depth", default=1, lowest=1, highest=4),
        visits=at.number("visits", default=1, lowest=0, highest=9),
        x_package=at.flag("x_package"),
        life_events=at.texts("life_events", longest=40),
        power_item=at.text("power_item", longest=40),
        power_source=at.choice("power_source", PowerSource),
        entrusted_department=at.text("entrusted_department", longest=100),
        joint_departments=at.texts("joint_departments", longest=100),
        preconditions=at.texts("preconditions", longest=12, pattern=r"\d{12}"),
        steps=tuple(map(_step, at.objects("steps"))),
        handling_forms=at.choices("handling_forms", HandlingForm),
        promised_limit_note=at.text("promised_limit_note"),
        special_procedures=tuple(map(_special_procedure, at.objects("special_procedures"))),
        intermediary_services=tuple(
            IntermediaryService(name=item.text("name", required=True), basis=item.place("basis"))
            for item in at.objects("intermediary_services")
        ),
        quantity_limit=at.text("quantity_limit"),
        by_appointment=at.flag("by_appointment"),
        online_payment=at.flag("online_payment"),
        courier=at.flag("courier"),
        variants=tuple(map(_variant, at.objects("variants"))),
        questions=tuple(map(_question, at.objects("questions"))),
        tacit_approval=at.flag("tacit_approval"),
        tacit_approval_basis=at.place("tacit_approval_basis"),
    )


def _legal_basis(at: Reader) -> LegalBasis:
    return LegalBasis(
        statute=at.text("statute", required=True),
        article=at.text("article"),
        issuer=at.text("issuer"),
        level=at.choice("level", BasisLevel),
    )


def _condition(at: Reader) -> Condition:
    return Condition(
        text=at.text("text", required=True),
        basis=at.place("basis"),
        variants=_serials(at),
        when=_when(at),
    )


def _material(at: Reader) -> Material:
    return Material(
        code=at.text("code", required=True, longest=20),
        name=at.text("name", required=True, longest=200),
        kind=at.choice("kind", MaterialKind) or MaterialKind.ORIGINAL,
        necessity=at.choice("necessity", Necessity) or Necessity.REQUIRED,
        source=at.choice("source", MaterialSource) or MaterialSource.APPLICANT,
        copies=at.number("copies", default=1, lowest=0, highest=99),
        basis=at.place("basis"),
        note=at.text("note"),
        acceptance=at.text("acceptance"),
        size=at.text("size", longest=40),
        issued_by=at.text("issued_by", longest=100),
        commitment=at.flag("commitment"),
        blank_form=_stored_file(at.object("blank_form")),
        sample=_stored_file(at.object("sample")),
        variants=_serials(at),
        when=_when(at),
    )


def _serials(at: Reader) -> tuple[str, ...]:
    return at.texts("variants", longest=2, pattern=r"\d{2}")


def _when(at: Reader) -> tuple[Answered, ...]:
    return tuple(
        Answered(
            question=item.text("question", required=True, longest=20),
            options=item.texts("options", longest=20),
        )
        for item in at.objects("when")
    )


def _stored_file(at: Reader | None) -> StoredFile | None:
    if at is None:
        return None
    return StoredFile(
        name=at.text("name", required=True, longest=200),
        sha256=at.code("sha256", pattern=r"[0-9a-f]{64}"),
        media_type=at.text("media_type", required=True, longest=100),
        size=at.number("size", lowest=1, highest=1_000_000_000),
    )


def _variant(at: Reader) -> Variant:
    return Variant(
        serial=at.code("serial", pattern=r"\d{2}"),
        name=at.text("name", required=True, longest=200),
        note=at.text("note"),
        promised_limit=read_limit(at.object("promised_limit")),
    )


def _question(at: Reader) -> Question:
    return Question(
        code=at.text("code", required=True, longest=20),
        text=at.text("text", required=True, longest=200),
        options=tuple(
            Option(
                code=item.text("code", required=True, longest=20),
                text=item.text("text", required=True, longest=200),
            )
            for item in at.objects("options")
        ),
        variants=_serials(at),
        when=_when(at),
    )


def _step(at: Reader) -> Step:
    kind = at.choice("kind", StepKind)
    if kind is None:
        raise at.fault("kind", "MISSING")
    return Step(
        name=at.text("name", required=True, longest=100),
        kind=kind,
        limit=read_limit(at.object("limit")),
        standard=at.text("standard"),
        outcome=at.text("outcome", longest=200),
    )


def _special_procedure(at: Reader) -> SpecialProcedure:
    return SpecialProcedure(
        kind=at.choice("kind", ProcedureKind) or ProcedureKind.OTHER,
        name=at.text("name", required=True, longest=100),
        limit=read_limit(at.object("limit")),
        basis=at.place("basis"),
    )


def read_limit(at: Reader | None) -> Limit | None:
    """Return the limit that a JSON object says (``{amount, unit}``), None for none.

    Raises: ShapeError.
    """
    if at is None:
        return None
    unit = at.choice("unit", LimitUnit)
    if unit is None:
        raise at.fault("unit", "MISSING")
    return Limit(amount=at.number("amount", lowest=1, highest=10_000), unit=unit)


def _fee(at: Reader | None) -> Fee:
    if at is None:
        return Fee()
    return Fee(
        charged=at.flag("charged"),
        items=tuple(map(_fee_item, at.objects("items"))),
        waivers=tuple(
            Waiver(text=item.text("text", required=True), basis=item.place("basis"))
            for item in at.objects("waivers")
        ),
    )


def _fee_item(at: Reader) -> FeeItem:
    return FeeItem(
        name=at.text("name", required=True),
        standard=at.text("standard"),
        amount=at.money("amount"),
        basis=at.place("basis"),
    )


def _result(at: Reader | None) -> Result | None:
    if at is None:
        return None
    kind = at.choice("kind", ResultKind)
    if kind is None:
        raise at.fault("kind", "MISSING")
    return Result(
        name=at.text("name", required=True), kind=kind, sample=_stored_file(at.object("sample"))
    )
