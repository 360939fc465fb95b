"""The account at the end of the day: what was lost, doubled, or seen by the wrong center."""

import asyncio
from dataclasses import dataclass, field
from typing import Any

from infra.day.client import Feed, Person
from infra.day.story import Day, Filed

_QUIET_SECONDS = 2.0


@dataclass(slots=True)
class Account:
    """Findings, each with a text that names the case or the feed."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    leaked: list[str] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.doubled or self.leaked)


async def check_case(day: Day, filed: Filed, account: Account) -> None:
    """Compare a case at its home with the copy of its owner: one log, gap-free, to the end."""
    logs = []
    for center in dict.fromkeys((filed.home, filed.owner)):
        by = day.worker(center)
        case = await day.api.ask("CaseLog", by=by, center=center, number=filed.number)
        if case is None:
            account.lost.append(f"{filed.number} 不在 {center}")
            return
        events = case["events"]
        sequences = [event["sequence"] for event in events]
        if sequences != list(range(1, len(events) + 1)):
            account.lost.append(f"{filed.number} 在 {center} 的记录有缺口：{sequences}")
        logs.append([event["hash"] for event in events])
        if case["state"] != "COMPLETED":
            account.lost.append(f"{filed.number} 在 {center} 停在 {case['stateText']}")
    if any(log != logs[0] for log in logs):
        account.lost.append(f"{filed.number}：两个中心的记录不同")


async def count_cases(day: Day, account: Account) -> int:
    """Compare how many cases each home has with how many were handed in there."""
    expected: dict[str, set[str]] = {}
    for filed in day.filed:
        expected.setdefault(filed.home, set()).add(filed.number)
    total = 0
    for home, numbers in expected.items():
        found = await _own_numbers(day, home)
        total += len(found)
        account.lost.extend(f"{number} 不在 {home}" for number in numbers - set(found))
        account.doubled.extend(f"{number} 多出，在 {home}" for number in set(found) - numbers)
    return total


async def _own_numbers(day: Day, home: str) -> list[str]:
    found: list[str] = []
    after = None
    while True:
        page = await day.api.ask("Cases", by=day.worker(home), center=home, first=100, after=after)
        found += [
            edge["node"]["number"]
            for edge in page["edges"]
            if edge["node"]["number"].startswith(home.ljust(9, "0"))
        ]
        if not page["pageInfo"]["hasNextPage"]:
            return found
        after = page["pageInfo"]["endCursor"]


async def check_feed(day: Day, feed: Feed, account: Account) -> None:
    """Compare what a feed was given, through cuts, with a replay from its first cursor."""
    where = f"{feed.center} 的订阅 {feed.name}"
    if feed.refused or not feed.cursors:
        account.lost.append(f"{where}：{feed.refused or '没有开始'}")
        return
    replay = Feed(day.api, feed.name, by=feed.by, center=feed.center, variables=feed.variables)
    replay.cursors.append(feed.cursors[0])
    wanted = feed.cursors[-1]
    if len(feed.cursors) > 1:
        await replay.hold()
        for _ in range(int(_QUIET_SECONDS / 0.05)):
            if replay.cursors[-1] == wanted:
                break
            await asyncio.sleep(0.05)
    await replay.release()
    if len(set(feed.cursors)) != len(feed.cursors):
        account.doubled.append(f"{where}：有重复")
    if feed.cursors != replay.cursors:
        account.lost.append(f"{where}：{len(feed.cursors)} 条，重放 {len(replay.cursors)} 条")


async def look_around(day: Day, neighbour: Person, home: str, account: Account) -> int:
    """Try to read other centers' cases, handoffs and feeds as a member of ``home`` alone.

    Returns how many tries there were.
    """
    tries = 0
    for filed in [one for one in day.filed if home not in {one.home, one.owner}][:60]:
        for center in dict.fromkeys((filed.home, filed.owner)):
            tries += 3
            await _try(day, neighbour, account, center, "Case", number=filed.number)
            await _try(day, neighbour, account, center, "Cases", first=100)
            await _try(day, neighbour, account, center, "Handoffs", first=100)
        if filed.handoff:
            tries += 1
            await _try(day, neighbour, account, filed.owner, "Handoff", id=filed.handoff)
    for center in ("371400", "371402", "371425"):
        tries += 1
        feed = Feed(day.api, "HandoffEvents", by=neighbour, center=center, variables={})
        await feed.hold()
        await feed.release()
        if feed.events:
            account.leaked.append(f"{center} 的订阅对邻县可见")
    return tries


async def _try(
    day: Day, neighbour: Person, account: Account, center: str, name: str, **variables: Any
) -> None:
    answer = await day.api.raw(name, variables, by=neighbour, center=center)
    if answer.get("errors"):
        return
    seen = next(iter(answer["data"].values()))
    if seen and seen.get("edges") != []:
        account.leaked.append(f"{name} 在 {center} 对邻县可见")
