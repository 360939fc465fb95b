"""A center's people with their tokens, and cases through the shipped documents, for API tests."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from schema.context import running_clock
from tenants.staff.rules import CenterRole
from tests import casework, handing, people
from tests.graphql.client import execute, operation
from tongban.identity.queries import AccountRecord

COUNTY, NEIGHBOUR = handing.COUNTY, "371722"
NOW = people.NOW
_ROLES = {
    "clerk": (CenterRole.CLERK,),
    "reviewer": (CenterRole.REVIEWER,),
    "chief": (CenterRole.CHIEF_REPRESENTATIVE,),
    "manager": (CenterRole.MANAGER,),
    "supervisor": (CenterRole.SUPERVISOR,),
    "party_secretary": (CenterRole.PARTY_SECRETARY,),
    "auditor": (CenterRole.AUDITOR,),
    "operator": (CenterRole.STATION_OPERATOR,),
    "cashier": (CenterRole.CASHIER,),
    "department_manager": (CenterRole.DEPARTMENT_MANAGER,),
    "second_clerk": (CenterRole.CLERK,),
    "system_administrator": (CenterRole.SYSTEM_ADMINISTRATOR,),
}
_UNKEYED = {
    "RevealField",
    "CancelCaseExport",
    "SetLetterhead",
    "EditPaperWording",
    "ClaimTask",
    "ReleaseTask",
    "ReassignTask",
    "SeatMember",
    "EndMembership",
    "ChangeMemberRoles",
}
"""What changes nothing twice, and so takes no key."""
APPLICANT_NUMBER = people.id_number(701)


@dataclass
class Office:
    """Tokens of a center's people, made as they are asked for; ``applicant`` works nowhere."""

    center: str = COUNTY
    now: datetime = NOW
    tokens: dict[str, str] = field(default_factory=dict)

    def token(self, who: str) -> str | None:
        """Return the token of a role's holder, of ``applicant``, ``stranger``, ``neighbour``."""
        if who == "anonymous":
            return None
        if who not in self.tokens:
            self.tokens[who] = self._make(who)
        return self.tokens[who]

    def go_on(self, now: datetime) -> None:
        """Let it be later; everybody has signed in anew."""
        self.now = now
        self.tokens = {who: people.token(self._account(who), now=now) for who in self.tokens}

    def _account(self, who: str) -> AccountRecord:
        number = {"applicant": APPLICANT_NUMBER, "stranger": people.id_number(702)}.get(who, "")
        return people.account(f"{who}-{self.center}", name="王小明", id_number=number)

    def _make(self, who: str) -> str:
        account = self._account(who)
        if who == "neighbour":
            people.member(NEIGHBOUR, account, CenterRole.CLERK, CenterRole.REVIEWER)
        elif who in _ROLES:
            people.member(
                self.center, account, *_ROLES[who], staff_number=f"{list(_ROLES).index(who):04}"
            )
        return people.token(account, now=self.now)

    def ask(
        self,
        who: str,
        document: str,
        *,
        center: str | None = None,
        now: datetime | None = None,
        **said: Any,
    ) -> dict[str, Any]:
        """Send a shipped document and return the whole answer."""
        return execute(
            operation(document),
            said,
            center=self.center if center is None else center or None,
            token=self.token(who),
            now=now or self.now,
        )

    def do(self, who: str, mutation: str, **said: Any) -> dict[str, Any]:
        """Send a shipped mutation's document and return its payload."""
        center, now = said.pop("center", self.center), said.pop("now", self.now)
        files = said.pop("uploads", {})
        said.setdefault("idempotencyKey", str(uuid.uuid4()))
        if mutation in _UNKEYED:
            del said["idempotencyKey"]
        answer = execute(
            operation(mutation),
            {"input": said},
            center=center,
            token=self.token(who),
            files=files,
            now=now,
        )
        assert "errors" not in answer, answer["errors"]
        payload: dict[str, Any] = answer["data"][mutation[0].lower() + mutation[1:]]
        return payload

    def submit(self, who: str = "clerk", **said: Any) -> dict[str, Any]:
        """Submit the standard application with a file for each required material.

        ``commitments`` stand for some: code → what was told.
        """
        said = {"matter": casework.BOOKS, "applicant": applicant(), **said}
        committed = said.pop("commitments", {})
        codes = said.pop("codes", handing.required_materials(said["matter"]))
        codes = [code for code in codes if code not in committed]
        said["materials"] = [{"materialCode": code, "files": [None]} for code in codes] + [
            {"materialCode": code, "files": [], "commitment": notice}
            for code, notice in committed.items()
        ]
        said["uploads"] = {
            f"variables.input.materials.{n}.files.0": pdf(f"{code}.pdf", code.encode())
            for n, code in enumerate(codes)
        }
        return self.do(who, "SubmitCase", **said)

    def submitted(self, who: str = "clerk", **said: Any) -> str:
        """Submit the standard application and return its number."""
        payload = self.submit(who, **said)
        assert payload["errors"] == []
        number: str = payload["case"]["number"]
        return number

    def post(self, who: str, department: str) -> None:
        """Let a department that works in the center post a role's holder there."""
        self.token(who)
        number = f"{list(_ROLES).index(who):04}"
        payload = self.do("manager", "PostMember", staffNumber=number, department=department)
        assert payload["errors"] == []

    def case(self, who: str, number: str, **said: Any) -> dict[str, Any] | None:
        """Return a case as somebody sees it."""
        answer = self.ask(who, "Case", number=number, **said)
        assert "errors" not in answer, answer["errors"]
        case: dict[str, Any] | None = answer["data"]["case"]
        return case

    def verified(self) -> str:
        """Return the number of a case that was reviewed and verified, both favourably."""
        number = self.submitted()
        self.step("clerk", "AcceptCase", number)
        self.step("reviewer", "StartReview", number)
        for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
            self.step(
                who, "RecordReview", number, kind=kind, isFavourable=True, opinion="符合法定条件"
            )
        return number

    def verified_by_all(self, departments: Sequence[str]) -> str:
        """Return the number of a case that each of the departments found good."""
        number = self.submitted()
        self.step("clerk", "AcceptCase", number)
        self.step("reviewer", "StartReview", number)
        for name in departments:
            for who, kind in (("reviewer", "REVIEW"), ("chief", "VERIFICATION")):
                said = {"kind": kind, "isFavourable": True, "opinion": "符合", "department": name}
                self.step(who, "RecordReview", number, **said)
        return number

    def step(self, who: str, mutation: str, number: str, **said: Any) -> dict[str, Any]:
        """Send a mutation that must succeed and return the case."""
        payload = self.do(who, mutation, number=number, **said)
        assert payload["errors"] == []
        case: dict[str, Any] = payload["case"]
        return case


def applicant(**said: Any) -> dict[str, Any]:
    """Return the standard applicant's input."""
    return {
        "kind": "NATURAL",
        "name": "赵测试",
        "idKind": "RESIDENT_ID",
        "idNumber": APPLICANT_NUMBER,
        "phone": "13800138000",
        **said,
    }


def pdf(name: str, content: bytes = b"") -> SimpleUploadedFile:
    """Return a small PDF to upload."""
    return SimpleUploadedFile(name, handing.PDF + content, content_type="application/pdf")


def codes(payload: dict[str, Any]) -> list[str]:
    """List the codes of a payload's errors."""
    return [error["code"] for error in payload["errors"]]


@dataclass(frozen=True)
class Opened:
    """What a link answered."""

    status: int
    headers: Any
    body: bytes


def follow(link: str, *, now: datetime = NOW) -> Opened:
    """Open a link of an answer as a browser does: without a token."""
    path = "/" + link.split("/", 3)[3]
    with running_clock(lambda: now):
        response: Any = Client().get(path)
    body = b"".join(response.streaming_content) if response.streaming else response.content
    return Opened(response.status_code, response.headers, body)
