"""Cases for tests: the people of a county, one call per step, and what a schema holds."""

import io
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.test.utils import CaptureQueriesContext

from tenants.cases import models, rules
from tenants.cases.operations import (
    accept,
    decide,
    discard,
    dispute,
    extend,
    fees,
    issue,
    materials,
    notice,
    review,
    seal,
    submit,
    suspend,
    terminate,
    urging,
    withdraw,
)
from tenants.cases.operations.outcomes import Submitted
from tenants.staff.models import SealUse
from tenants.staff.rules import CenterRole
from tests import handing, people
from tongban.exchange.operations import timers
from tongban.kernel.actors import Actor
from tongban.kernel.context import center_context
from tongban.kernel.models import (
    AuditEntry,
    IdempotencyRecord,
    Ledger,
    LogEntry,
    OutboxMessage,
    Timer,
)
from tongban.kernel.personal import IdKind

COUNTY = handing.COUNTY
BOOKS = "370111400201"
"""出版物零售经营许可: 20 working days by law, 3 promised."""
ACCEPTED_AT = datetime(2026, 2, 13, 2, 0, tzinfo=UTC)
"""Friday before the Spring Festival of 2026, 10:00 in Shanghai."""
JPEG = b"\xff\xd8\xff\xe0" + b"0" * 60


@dataclass
class Desk:
    """A county's people; each step is one call in its context, with a key of its own."""

    center: str = COUNTY
    now: datetime = ACCEPTED_AT
    staff: dict[CenterRole, Actor] = field(default_factory=dict)

    def who(self, role: CenterRole) -> Actor:
        """Return the member who holds exactly this role."""
        if role not in self.staff:
            self.staff[role] = handing.staff(self.center, role, name=f"岗位{role.value[:8]}").actor
        return self.staff[role]

    @property
    def clerk(self) -> Actor:
        return self.who(CenterRole.CLERK)

    @property
    def reviewer(self) -> Actor:
        return self.who(CenterRole.REVIEWER)

    @property
    def chief(self) -> Actor:
        return self.who(CenterRole.CHIEF_REPRESENTATIVE)

    def submit(self, actor: Actor | None = None, **said: Any) -> Submitted:
        said.setdefault("request", application())
        if "files" not in said:
            said["files"] = handing.all_files(self.center, said["request"].matter_code)
        submitted: Submitted = self._do(submit.submit_case, actor or self.clerk, **said)
        return submitted

    def accept(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        return self._case(accept.accept_case, actor or self.clerk, number, **said)

    def refuse(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("ground_code", "NOT_COMPETENT")
        return self._case(accept.refuse_case, actor or self.clerk, number, **said)

    def notify(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("defects", [rules.Defect("M01", "缺少签字")])
        return self._case(notice.issue_notice, actor or self.clerk, number, **said)

    def answer(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("answers", [])
        said.setdefault("files", {"M01": [pdf("signed.pdf", b"signed")]})
        return self._case(notice.answer_notice, actor or self.clerk, number, **said)

    def add(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("files", [pdf("more.pdf", b"more")])
        if "material_name" not in said:
            said.setdefault("material_code", "M01")
        return self._case(materials.add_material, actor or self.clerk, number, **said)

    def start(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        return self._case(review.start_review, actor or self.reviewer, number, **said)

    def review(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said = {"kind": rules.ReviewKind.REVIEW, "is_favourable": True, "opinion": "符合", **said}
        if not said["is_favourable"]:
            said.setdefault("grounds", [rules.Ground("CONDITIONS_NOT_MET", "M01")])
        return self._case(review.record_review, actor or self.reviewer, number, **said)

    def verify(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        return self.review(
            number, actor or self.chief, **{"kind": rules.ReviewKind.VERIFICATION, **said}
        )

    def decide(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("decision", rules.Decision.APPROVE)
        return self._case(decide.decide_case, actor or self.chief, number, **said)

    def issue(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("deliver_at", rules.DeliverAt.HERE)
        terms = _terms(said)
        return self._case(issue.issue_result, actor or self.clerk, number, terms=terms, **said)

    def seal(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        terms = _terms(said)
        return self._case(seal.use_seal, actor or self.clerk, number, terms=terms, **said)

    def charge(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        return self._case(fees.assess_fee, actor or self.clerk, number, **said)

    def waive(self, number: str, yuan: str, actor: Actor | None = None, **said: Any) -> models.Case:
        basis = rules.Basis(said.pop("waiver", ""), said.pop("document", ""))
        return self._case(
            fees.waive_fee, actor or self.chief, number, amount=Decimal(yuan), basis=basis, **said
        )

    def pay(self, number: str, yuan: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said = {"method": rules.PaymentMethod.MOBILE, "receipt": f"37-{yuan}", **said}
        cashier = actor or self.who(CenterRole.CASHIER)
        return self._case(fees.record_payment, cashier, number, amount=Decimal(yuan), **said)

    def complete(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("delivery", rules.Delivery(rules.DeliveryMethod.COUNTER, "赵测试"))
        return self._case(issue.complete_case, actor or self.clerk, number, **said)

    def withdraw(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        return self._case(withdraw.withdraw_case, actor or self.clerk, number, **said)

    def discard(self, number: str, actor: Actor | None = None, **said: Any) -> str:
        discarded: str = self._do(discard.discard_case, actor or self.clerk, number=number, **said)
        return discarded

    def suspend(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        procedure = suspend.Procedure(
            kind=said.pop("kind", rules.PauseKind.HEARING),
            reason=said.pop("reason", "涉及他人重大利益"),
            document=said.pop("document", "齐审听〔2026〕1号"),
            expected_days=said.pop("expected_days", 5),
        )
        return self._case(
            suspend.suspend_case, actor or self.reviewer, number, procedure=procedure, **said
        )

    def resume(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("outcome", "听证会已举行")
        return self._case(suspend.resume_case, actor or self.reviewer, number, **said)

    def extend(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said = {"amount": 10, "reason": "案情复杂", **said}
        return self._case(extend.extend_case, actor or self.chief, number, **said)

    def terminate(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("ground_code", "FORCE_MAJEURE")
        return self._case(terminate.terminate_case, actor or self.reviewer, number, **said)

    def dispute(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("statement", "没有领到证书")
        return self._case(dispute.dispute_completion, actor or self.clerk, number, **said)

    def urge(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said.setdefault("text", "请尽快办理")
        manager = self.who(CenterRole.MANAGER)
        return self._case(urging.urge_case, actor or manager, number, **said)

    def reply(self, number: str, actor: Actor | None = None, **said: Any) -> models.Case:
        said = {"urging": 1, "reply": "今日办结", **said}
        return self._case(urging.reply_urging, actor or self.reviewer, number, **said)

    def pass_time(self, until: datetime, center: str = "") -> int:
        """Let the worker fire what is due until then, at that moment, until nothing is."""
        fired = 0
        while count := timers.fire_timers(center or self.center, clock=lambda: until):
            fired += count
        return fired

    def completed(self) -> str:
        number = self.verified()
        self.decide(number)
        self.issue(number)
        self.complete(number)
        return number

    def submitted(self) -> str:
        return self.submit().case.number

    def in_review(self) -> str:
        number = self.submitted()
        self.accept(number)
        self.start(number)
        return number

    def verified(self, *, favourable: bool = True) -> str:
        number = self.in_review()
        self.review(number, is_favourable=favourable)
        self.verify(number, is_favourable=favourable)
        return number

    def case(self, number: str) -> models.Case:
        with center_context(self.center):
            return models.Case.objects.get(number=number)

    def events(self, number: str) -> list[models.CaseEvent]:
        with center_context(self.center):
            return list(models.CaseEvent.objects.filter(case__number=number).order_by("sequence"))

    def holdings(self) -> dict[str, int]:
        """Return what the schema holds, its people included, whoever acts next."""
        for role in tuple(CenterRole)[:4]:
            self.who(role)
        return holdings(self.center)

    def _case(self, operation: Any, actor: Actor, number: str, **said: Any) -> models.Case:
        case: models.Case = self._do(operation, actor, number=number, **said).case
        return case

    def _do(self, operation: Any, actor: Actor, **said: Any) -> Any:
        said.setdefault("idempotency_key", uuid.uuid4())
        said.setdefault("now", self.now)
        with center_context(self.center):
            return operation(actor=actor, **said)


def _terms(said: dict[str, Any]) -> rules.ResultTerms:
    """Take what a result says of itself out of a call's arguments."""
    return rules.ResultTerms(
        name=said.pop("result_name", ""),
        number=said.pop("result_number", ""),
        valid_from=said.pop("valid_from", None),
        valid_to=said.pop("valid_to", None),
    )


def holdings(center: str) -> dict[str, int]:
    """Return how much a center's schema holds of everything that an operation writes.

    What is kept of an attempt that was refused is left out: it changed nothing.
    """
    with center_context(center):
        counted = {
            model.__name__: model.objects.count()
            for model in (
                models.Case,
                models.CaseEvent,
                models.Material,
                models.MaterialFile,
                models.Notice,
                models.ReviewTask,
                models.Paper,
                models.FeeReceipt,
                SealUse,
                models.Urging,
                models.Task,
                LogEntry,
                OutboxMessage,
                IdempotencyRecord,
            )
        }
        counted["AuditEntry"] = AuditEntry.objects.exclude(action="case.attempt").count()
        counted["Timer"] = Timer.objects.exclude(kind="case.finding_due").count()
        counted["Finding"] = models.Finding.objects.exclude(place=None).count()
        versions = sum(models.Case.objects.values_list("version", flat=True))
        serials = sum(models.CaseCounter.objects.values_list("serial", flat=True))
        position = Ledger.objects.get().log_position
    return {**counted, "versions": versions, "serials": serials, "position": position}


def statements(call: Callable[[], object]) -> int:
    """Count the statements of a call, without the look-ups that a process makes once a second."""
    with CaptureQueriesContext(connection) as captured:
        call()
    versions = ("registry_registryversion", "catalog_catalogversion")
    return sum(all(table not in query["sql"] for table in versions) for query in captured)


def application(**said: Any) -> rules.SubmitRequest:
    """Return an application for the books' licence by a person whom nobody is."""
    return rules.SubmitRequest(
        **{"matter_code": BOOKS, "applicant": applicant(), "form": {"shop": "新华书屋"}, **said}
    )


def applicant(serial: int = 500, **said: Any) -> rules.Applicant:
    return rules.Applicant(
        **{
            "kind": rules.ApplicantKind.NATURAL,
            "name": "赵测试",
            "id_kind": IdKind.RESIDENT_ID,
            "id_number": people.id_number(serial),
            "phone": "13800138000",
            **said,
        }
    )


def citizen(serial: int = 500, *, name: str = "赵测试") -> Actor:
    """Return the actor who has verified the identity number of this serial."""
    account = people.account(f"citizen-{serial}", name=name, id_number=people.id_number(serial))
    return people.actor(account)


def pdf(filename: str = "a.pdf", content: bytes = b"") -> rules.IncomingFile:
    return rules.IncomingFile(filename, io.BytesIO(handing.PDF + content))


def upload(filename: str, content: bytes) -> rules.IncomingFile:
    return rules.IncomingFile(filename, io.BytesIO(content))
