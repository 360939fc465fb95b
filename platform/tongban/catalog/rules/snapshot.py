"""A matter exactly as one center offered it at one moment: what a case pins."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Self

from tongban.catalog.rules import checks, reading
from tongban.catalog.rules import content as contents
from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.guide import Guide, choose
from tongban.catalog.rules.shapes import Reader


@dataclass(frozen=True, slots=True)
class OfferingSnapshot:
    """An offering with the whole revision it follows, and what was chosen of it."""

    center_code: str
    offering_code: str
    matter_code: str
    revision_number: int
    content_hash: str
    promised_limit: Limit
    """The center's own promise, or the standard's where the center made none, or the variant's."""
    assisted_intake: bool
    scope: str
    """通办范围 1 (全国) to 6 (跨村); empty where nothing beyond the tree is agreed."""
    on_the_spot: bool
    department: str
    """The implementing department at this center."""
    place: str
    hours: str
    contact: str
    content: MatterContent
    variant: str = ""
    """The serial of the chosen variant (业务办理项); empty where none is."""
    answers: tuple[tuple[str, str], ...] = ()
    """Codes of questions with the options that answer them, in the order of the questions."""

    def with_choice(self, *, variant: str, answers: Mapping[str, str]) -> Self:
        """Return the offering under a variant and answers, whose shorter promise then holds.

        What is still to be chosen may stay so (``guide``). Raises: ChoiceError.
        """
        chosen = choose(self.content, variant=variant, answers=answers).variant
        promise = (chosen and chosen.promised_limit) or self.promised_limit
        return replace(
            self,
            variant=variant,
            answers=tuple(
                (question.code, answers[question.code])
                for question in self.content.questions
                if question.code in answers
            ),
            promised_limit=promise
            if checks.exceeds(self.promised_limit, promise)
            else self.promised_limit,
        )

    @property
    def guide(self) -> Guide:
        """What applies under the choice, and what is still to be asked."""
        return choose(self.content, variant=self.variant, answers=dict(self.answers))

    @property
    def matter_name(self) -> str:
        """The matter's name."""
        return self.content.name

    @property
    def service_line(self) -> contents.ServiceLine | None:
        """The line of service the matter belongs to."""
        return self.content.service_line

    @property
    def handling_type(self) -> contents.HandlingType | None:
        """Whether it is done at once or within a promise."""
        return self.content.handling_type

    @property
    def statutory_limit(self) -> Limit | None:
        """The limit that law sets, as the standard states it."""
        return self.content.statutory_limit

    @property
    def conditions(self) -> tuple[contents.Condition, ...]:
        """The conditions of acceptance that apply under the choice."""
        return self.guide.conditions

    @property
    def materials(self) -> tuple[contents.Material, ...]:
        """The materials to hand in under the choice."""
        return self.guide.materials

    @property
    def fee(self) -> contents.Fee:
        """What is charged."""
        return self.content.fee

    def to_json(self) -> dict[str, Any]:
        """Return the plain JSON form that ``read_snapshot`` reads; fields are only ever added."""
        return {
            "center_code": self.center_code,
            "offering_code": self.offering_code,
            "matter_code": self.matter_code,
            "revision_number": self.revision_number,
            "content_hash": self.content_hash,
            "promised_limit": {
                "amount": self.promised_limit.amount,
                "unit": self.promised_limit.unit.value,
            },
            "assisted_intake": self.assisted_intake,
            "scope": self.scope,
            "on_the_spot": self.on_the_spot,
            "department": self.department,
            "place": self.place,
            "hours": self.hours,
            "contact": self.contact,
            "content": self.content.to_json(),
            "variant": self.variant,
            "answers": [
                {"question": question, "option": option} for question, option in self.answers
            ],
        }


def read_snapshot(data: Mapping[str, Any]) -> OfferingSnapshot:
    """Return the snapshot whose ``to_json`` gave ``data``. Raises: ShapeError."""
    at = Reader(data)
    content, limit = at.object("content"), reading.read_limit(at.object("promised_limit"))
    if content is None or limit is None:
        raise at.fault("promised_limit" if content else "content", "MISSING")
    return OfferingSnapshot(
        center_code=at.text("center_code", required=True),
        offering_code=at.text("offering_code", required=True),
        matter_code=at.code("matter_code", pattern=r"\d{12}"),
        revision_number=at.number("revision_number", lowest=1, highest=1_000_000),
        content_hash=at.text("content_hash", required=True),
        promised_limit=limit,
        assisted_intake=at.flag("assisted_intake"),
        scope=at.text("scope"),
        on_the_spot=at.flag("on_the_spot"),
        department=at.text("department"),
        place=at.text("place"),
        hours=at.text("hours"),
        contact=at.text("contact"),
        content=reading.read_content(content.data),
        variant=at.text("variant"),
        answers=tuple(
            (answer.text("question", required=True), answer.text("option", required=True))
            for answer in at.objects("answers")
        ),
    )
