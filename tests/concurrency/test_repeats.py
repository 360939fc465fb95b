"""One key, twenty requests at once over HTTP, while web is killed: one effect, equal answers."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.utils import timezone

from tenants.cases import models
from tests import casework, handing
from tests.concurrency.repeating import REPEATS, Request, Senders
from tests.graphql.office import Office, applicant, pdf
from tests.live.server import Web
from tongban.kernel import numbers
from tongban.kernel.context import center_context
from tongban.kernel.models import AuditEntry, IdempotencyRecord, LogEntry, Timer

COUNTY = handing.COUNTY
KEYS = 1000
STEPS = ("SubmitCase", "AddMaterial", "AcceptCase", "UrgeCase")
"""What every case goes through, and a block is reserved after each; all under keys of their own."""
KINDS = tuple(kind for step in STEPS for kind in (step, "ReserveProvisionalNumbers"))
CASES = KEYS // len(KINDS)
BLOCK = 3
STRIKES_EVERY = 47
"""Of how many keys one meets a kill -9: coprime with the kinds, so that it meets each of them."""
MOMENTS = (0.0, 0.005, 0.01, 0.02, 0.03, 0.04, 0.06, 0.08)
"""Seconds from sending to the kill: before, in and after the transaction that has the effect."""


@pytest.fixture
def web(committed_db: str) -> Iterator[Web]:
    server = Web(committed_db, RATE_ACTOR="1000000/1000000", HOSTS="127.0.0.1")
    try:
        server.start()
        yield server
    finally:
        server.stop()


class Repeated:
    """Cases that are taken in, added to, accepted and urged by requests that are all repeated."""

    def __init__(self, web: Web) -> None:
        self.senders = Senders(web.port)
        self.numbers: list[str] = []
        self.blocks: list[list[str]] = []
        self._office = Office(COUNTY, now=timezone.now())
        self._clerk, self._manager = (self._token(who) for who in ("clerk", "manager"))
        self._web = web
        self._moments = itertools.cycle(MOMENTS)

    def run(self) -> None:
        """Send every key twenty times at once; every fourth kill takes the whole of ``web``."""
        blows = itertools.cycle((*[self._web.kill_workers] * 3, self._restart))
        try:
            for key, kind in enumerate(KINDS * CASES, start=1):
                strike = None if key % STRIKES_EVERY else self._striking(next(blows))
                self._keep(kind, self._one(kind, strike))
        finally:
            self.senders.close()

    def _token(self, who: str) -> str:
        token = self._office.token(who)
        assert token is not None
        return token

    def _striking(self, blow: Callable[[], None]) -> Callable[[], None]:
        def strike() -> None:
            time.sleep(next(self._moments))
            blow()

        return strike

    def _restart(self) -> None:
        self._web.kill_all()
        self._web.start()

    def _one(self, kind: str, strike: Callable[[], None] | None) -> dict[str, Any]:
        answers = self.senders.together(self._request(kind), strike)
        assert len(answers) == REPEATS
        for answer in answers:
            for paper in (answer.get("case") or {}).get("papers", ()):
                del paper["link"]  # signed anew for each who asks
        first = answers[0]
        assert [answer for answer in answers if answer != first] == []
        return first

    def _request(self, kind: str) -> Request:
        if kind == "SubmitCase":
            return self._application()
        if kind == "ReserveProvisionalNumbers":
            return Request.of(kind, center=COUNTY, token=self._clerk, count=BLOCK)
        said: dict[str, Any] = {"number": self.numbers[-1]}
        if kind == "AddMaterial":
            said |= {"materialName": "情况说明", "files": [None]}
            said["uploads"] = {"files.0": pdf("说明.pdf", self.numbers[-1].encode())}
        if kind == "UrgeCase":
            said["text"] = "请尽快办理"
        token = self._manager if kind == "UrgeCase" else self._clerk
        return Request.of(kind, center=COUNTY, token=token, **said)

    def _application(self) -> Request:
        codes = handing.required_materials(casework.BOOKS)
        return Request.of(
            "SubmitCase",
            center=COUNTY,
            token=self._clerk,
            matter=casework.BOOKS,
            applicant=applicant(),
            materials=[{"materialCode": code, "files": [None]} for code in codes],
            uploads={
                f"materials.{n}.files.0": pdf(f"{code}.pdf", code.encode())
                for n, code in enumerate(codes)
            },
        )

    def _keep(self, kind: str, answer: dict[str, Any]) -> None:
        if kind == "ReserveProvisionalNumbers":
            self.blocks.append(answer["block"]["numbers"])
        elif kind == "SubmitCase":
            assert answer["queryCode"]
            self.numbers.append(answer["case"]["number"])


@pytest.mark.slow
def test_a_thousand_keys_sent_twenty_times_each_while_web_is_killed(web):
    done = Repeated(web)
    done.run()
    assert done.senders.broken >= KEYS // STRIKES_EVERY  # the kills met requests on their way
    check(done)


def check(done: Repeated) -> None:
    """Everything is there once: rows, files, events, timers, and every counter without a gap."""
    blocks = CASES * len(STEPS)
    materials = len(handing.required_materials(casework.BOOKS))
    with center_context(COUNTY):
        keys = {
            operation: IdempotencyRecord.objects.filter(operation=operation).count()
            for operation in ("submit_case", "add_material", "accept_case", "urge_case")
        }
        papers = models.Paper.objects.filter(kind="intake_receipt").count()
        serials = [numbers.parse(number).serial for number in done.numbers]
        assert models.Case.objects.count() == len(set(done.numbers)) == papers == CASES
        assert serials == list(range(1, CASES + 1))
        assert set(keys.values()) == {CASES}
        assert models.MaterialFile.objects.count() == (materials + 1) * CASES
        assert Timer.objects.filter(kind="case.urging_due").count() == CASES
        assert models.ProvisionalBlock.objects.count() == len(done.blocks) == blocks
        assert len({number for block in done.blocks for number in block}) == BLOCK * blocks
        for model, column in ((LogEntry, "position"), (AuditEntry, "sequence")):
            found = list(model.objects.order_by(column).values_list(column, flat=True))
            assert found == list(range(1, len(found) + 1))
    for number in done.numbers:
        assert [name for _epoch, _sequence, name, _hash in handing.log_of(COUNTY, number)] == [
            "case.submitted", "case.material_added", "case.accepted", "case.urged",
        ]  # fmt: skip
