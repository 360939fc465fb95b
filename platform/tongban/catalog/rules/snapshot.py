"""A matter exactly as one center offered it at one moment: what a case pins."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tongban.catalog.rules import content as contents
from tongban.catalog.rules import reading
from tongban.catalog.rules.content import Limit, MatterContent
from tongban.catalog.rules.shapes import Reader


@dataclass(frozen=True, slots=True)
class OfferingSnapshot:
    """An offering with the whole revision it follows; it never changes again."""

    center_code: str
    offering_code: str
    matter_code: str
    revision_number: int
    content_hash: str
    promised_limit: Limit
    """The center's own promise, or the standard's where the center made none."""
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
        """The conditions of acceptance."""
        return self.content.conditions

    @property
    def materials(self) -> tuple[contents.Material, ...]:
        """The materials to hand in."""
        return self.content.materials

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
    )
