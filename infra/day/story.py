"""What happens on the day: who hands in what, where it goes, what is declined, recalled, cut."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from stdnum.cn import ric

from infra.day.client import AnswerError, Api, Feed, Person

STATION_MATTER = "370111200101"
"""公共场所卫生许可: a county's, taken in by stations."""
SET_UP = "370110100101"
"""企业设立登记: the city handles it for its three districts (同城办理)."""
MARRIAGE = "370710300101"
"""结婚登记: stays where it is."""
DISTRICTS = ("371402", "371471", "371472")
SEALING, SEAL = "371402", "MZJ-2"
"""Where the department of marriages works in the center: its seal is on every result."""
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
AT_ONCE = 12
_QUIET_SECONDS = 45.0

ROLES = (
    "station", "clerk", "reviewer", "chief", "city-clerk", "city-reviewer", "city-chief", "admin",
)  # fmt: skip


@dataclass(slots=True)
class Filed:
    """One application of the day: where it was handed in, who must decide, what became of it."""

    number: str
    home: str
    owner: str
    matter: str
    key: str
    handoff: str = ""


@dataclass(slots=True)
class Day:
    """The people, the cases and the feeds of the day."""

    api: Api
    people: dict[str, Person] = field(default_factory=dict)
    parents: dict[str, str] = field(default_factory=dict)
    stations: list[str] = field(default_factory=list)
    filed: list[Filed] = field(default_factory=list)
    feeds: list[Feed] = field(default_factory=list)
    serial: int = 0
    notice: str = ""
    """The version of the privacy notice that everybody is shown."""

    async def open(self) -> int:
        """Sign everybody in and learn the centers; return how many there are."""
        for role in ROLES:
            self.people[role] = await self.api.sign_in(role)
        shown = await self.api.ask("PrivacyNotice", by=self.people["station"], center=None)
        self.notice = shown["version"]
        after, found = None, 0
        while True:
            page = await self.api.ask(
                "Centers", by=self.people["station"], center=None, first=100, after=after
            )
            for edge in page["edges"]:
                center = edge["node"]
                found += 1
                self.parents[center["code"]] = (center["parent"] or {}).get("code", "")
                if center["level"] == "TOWNSHIP":
                    self.stations.append(center["code"])
            if not page["pageInfo"]["hasNextPage"]:
                return found
            after = page["pageInfo"]["endCursor"]

    def staff(self, center: str, role: str) -> Person:
        """Return who holds a role at a center of that level."""
        if not self.parents[center]:
            return self.people[f"city-{role}"]
        return self.people[role]

    async def file(
        self, home: str, matter: str, *, owner: str, by: Person, twice: bool = False
    ) -> Filed:
        """Hand an application in with a file for each material; ``twice`` as over a weak line."""
        self.serial += 1
        digits = f"{home[:6]}19800101{self.serial % 1000:03}"
        needed = await self._materials(owner, matter, by)
        materials = [{"materialCode": code, "files": [None]} for code in needed]
        files = {
            f"variables.input.materials.{n}.files.0": (f"{code}.pdf", PDF, "application/pdf")
            for n, code in enumerate(needed)
        }
        key = str(uuid.uuid4())
        fields: dict[str, Any] = {
            "matter": matter,
            "applicant": {
                "kind": "NATURAL",
                "name": f"演示申请人{self.serial}",
                "idKind": "RESIDENT_ID",
                "idNumber": digits + ric.calc_check_digit(digits + "0"),
                "phone": "13800138000",
            },
            "consent": {"noticeVersion": self.notice, "textMessages": True},
            "materials": materials,
            "idempotencyKey": key,
        }
        answers = await asyncio.gather(
            *(
                self.api.tell("SubmitCase", by=by, center=home, files=files, **fields)
                for _ in range(2 if twice else 1)
            )
        )
        filed = Filed(answers[0]["case"]["number"], home, owner, matter, key)
        if {answer["case"]["number"] for answer in answers} != {filed.number}:
            raise AnswerError(f"{filed.number}: a repeat made another case")
        self.filed.append(filed)
        return filed

    async def _materials(self, owner: str, matter: str, by: Person) -> list[str]:
        found = _needed.get((owner, matter))
        if found is None:
            page = await self.api.ask(
                "Offerings", by=by, center=owner, filter={"codes": [matter]}, first=1
            )
            code = page["edges"][0]["node"]["code"]
            offering = await self.api.ask("Offering", by=by, center=owner, code=code)
            found = [
                item["code"]
                for item in offering["matter"]["materials"]
                if item["necessity"] != "OPTIONAL"
            ]
            _needed[owner, matter] = found
        return found

    async def incoming(self, filed: Filed) -> str:
        """Wait until the offer of a case is in its owner's inbox, and return the handoff's id."""
        clerk = self.staff(filed.owner, "clerk")

        async def look() -> str | None:
            page = await self.api.ask(
                "Handoffs", by=clerk, center=filed.owner, direction="INCOMING", state="OFFERED",
                caseNumber=filed.number, first=1,
            )  # fmt: skip
            return page["edges"][0]["node"]["id"] if page["edges"] else None

        filed.handoff = await self.until(look, f"{filed.number} reaches {filed.owner}")
        return filed.handoff

    async def until(self, look: Callable[[], Awaitable[Any]], what: str) -> Any:
        """Ask again until there is an answer. Raises: AnswerError after 45 s."""
        for _ in range(int(_QUIET_SECONDS / 0.15)):
            found = await look()
            if found:
                return found
            await asyncio.sleep(0.15)
        raise AnswerError(f"did not happen: {what}")

    async def held_at(self, filed: Filed, center: str) -> None:
        """Wait until ``center`` holds the case by its own account."""
        by = self.worker(center)

        async def look() -> bool:
            case = await self.api.ask("Case", by=by, center=center, number=filed.number)
            return bool(case) and case["custody"] == "HELD"

        await self.until(look, f"{filed.number} is held at {center}")

    def worker(self, center: str) -> Person:
        """Return who takes cases in at a center."""
        return (
            self.people["station"] if len(center) > len("371400") else self.staff(center, "clerk")
        )

    async def take_up(self, filed: Filed) -> None:
        """Let the owner accept the offer of a case."""
        handoff = await self.incoming(filed)
        await self.api.tell(
            "AcceptHandoff", by=self.staff(filed.owner, "clerk"), center=filed.owner,
            handoff=handoff,
        )  # fmt: skip

    async def decide(self, filed: Filed) -> None:
        """Carry a held case from acceptance to a decision: one reviews, another verifies."""
        at, number = filed.owner, filed.number
        clerk, reviewer, chief = (self.staff(at, role) for role in ("clerk", "reviewer", "chief"))
        tell = self.api.tell
        await tell("AcceptCase", by=clerk, center=at, number=number)
        await tell("StartReview", by=reviewer, center=at, number=number)
        for person, kind in ((reviewer, "REVIEW"), (chief, "VERIFICATION")):
            await tell(
                "RecordReview", by=person, center=at, number=number, kind=kind,
                isFavourable=True, opinion="材料齐全，符合法定条件。",
            )  # fmt: skip
        await tell("DecideCase", by=chief, center=at, number=number, decision="APPROVE")

    async def give_back_and_hand_out(self, filed: Filed) -> None:
        """Issue the result to the center where the case was handed in, which hands it out."""
        at = filed.owner
        await self.api.tell(
            "IssueResult", by=self.staff(at, "clerk"), center=at, number=filed.number,
            deliverAt="ORIGIN",
        )  # fmt: skip
        await self.held_at(filed, filed.home)
        await self.api.tell(
            "CompleteCase", by=self.worker(filed.home), center=filed.home, number=filed.number,
            delivery={"method": "COUNTER", "receiverName": "演示申请人"},
        )  # fmt: skip


_needed: dict[tuple[str, str], list[str]] = {}


async def in_turn(
    items: Sequence[Any], work: Callable[[Any], Awaitable[None]], tick: Callable[[], None]
) -> None:
    """Do ``work`` for each item, a few at once; ``tick`` hears each that is done."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(item: Any) -> None:
        async with gate:
            await work(item)
        tick()

    await asyncio.gather(*(one(item) for item in items))


async def send_station_case(day: Day, filed: Filed) -> None:
    """Play a station's case from its arrival at the county to the applicant's hand."""
    await day.take_up(filed)
    await day.decide(filed)
    await day.give_back_and_hand_out(filed)


async def decline_and_send_again(day: Day, filed: Filed) -> None:
    """The county declines with a reason; the station scans again and offers anew."""
    handoff = await day.incoming(filed)
    clerk = day.staff(filed.owner, "clerk")
    await day.api.tell(
        "DeclineHandoff", by=clerk, center=filed.owner, handoff=handoff, reason="扫描件不清晰"
    )
    await day.held_at(filed, filed.home)
    await day.api.tell(
        "OfferHandoff", by=day.people["station"], center=filed.home, number=filed.number,
        reason="已重新扫描",
    )  # fmt: skip
    await send_station_case(day, filed)


async def recall_and_send_again(day: Day, filed: Filed) -> None:
    """The station asks for the offer back before it is answered, and offers it again."""
    handoff = await day.incoming(filed)
    station = day.people["station"]
    await day.api.tell(
        "RecallHandoff", by=station, center=filed.home, handoff=handoff, reason="申请人补充说明"
    )
    await day.held_at(filed, filed.home)
    await day.api.tell("OfferHandoff", by=station, center=filed.home, number=filed.number)
    await send_station_case(day, filed)


async def return_and_send_again(day: Day, filed: Filed) -> None:
    """The county accepts, finds that it can't decide, returns the case, and gets it again."""
    await day.take_up(filed)
    await day.api.tell(
        "ReturnHandoff", by=day.staff(filed.owner, "clerk"), center=filed.owner,
        handoff=filed.handoff, reason="经营地址填写有误",
    )  # fmt: skip
    await day.held_at(filed, filed.home)
    await day.api.tell(
        "OfferHandoff", by=day.people["station"], center=filed.home, number=filed.number
    )
    await send_station_case(day, filed)
