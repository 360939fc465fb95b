"""Postings: who works in the center for which department, and as what."""

import uuid
from datetime import date, datetime

from django.db import IntegrityError, transaction

from tenants.staff import errors, models
from tenants.staff.operations import registers
from tenants.staff.rules import PostingKind
from tongban.kernel import calendar
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import Work, claim_key, unit_of_work

POST_NAMES = {
    PostingKind.STAFF: "工作人员",
    PostingKind.SECTION_HEAD: "审批服务科（股）负责人",
    PostingKind.CHIEF_REPRESENTATIVE: "首席代表",
}


def post_member(
    *,
    actor: Actor,
    staff_number: str,
    department_code: str,
    kind: PostingKind,
    started_on: date | None,
    idempotency_key: uuid.UUID,
    now: datetime,
) -> models.Posting:
    """Note that a department posted a member here, from ``started_on`` (default today) on.

    A member works for one department at a time; a department has one chief representative and
    one head of its section. Raises: RegisterNotAllowedError, MemberNotFoundError,
    DepartmentNotFoundError, AlreadyPostedError, PostTakenError, IdempotencyKeyReusedError.
    """
    with unit_of_work() as work:
        claim = claim_key(
            actor=actor,
            operation="post_member",
            key=idempotency_key,
            request={
                "member": staff_number,
                "department": department_code,
                "kind": kind,
                "from": started_on,
            },
        )
        registers.require_keeper(actor)
        if claim.repeated:
            return models.Posting.objects.select_related("member", "department").get(
                id=(claim.outcome or {})["posting"]
            )
        department = registers.lock_department(department_code)
        member = registers.lock_member(staff_number)
        standing = member.postings.filter(ended_on=None).select_related("department").first()
        if standing is not None:
            raise errors.AlreadyPostedError(
                path=("staffNumber",), department=standing.department.name
            )
        posting = models.Posting(
            member=member,
            department=department,
            kind=kind,
            started_on=started_on or calendar.local_day(now),
        )
        _save(posting)
        _tell(work, actor, posting, action="member.post", name="member.posted", now=now)
        claim.settle({"posting": posting.pk})
    return posting


def end_posting(
    *, actor: Actor, staff_number: str, ended_on: date | None, now: datetime
) -> models.Posting:
    """End a member's posting as of ``ended_on`` (excluded; by default today).

    Their deeds of that department are revoked with it. Raises: RegisterNotAllowedError,
    MemberNotFoundError, NotPostedError, RegisterDaysError.
    """
    with unit_of_work() as work:
        registers.require_keeper(actor)
        member = registers.lock_member(staff_number)
        posting = member.postings.filter(ended_on=None).select_related("department").first()
        if posting is None:
            raise errors.NotPostedError(path=("staffNumber",))
        day = ended_on or calendar.local_day(now)
        if day < posting.started_on:
            raise errors.RegisterDaysError(path=("endedOn",), since=posting.started_on.isoformat())
        posting.member, posting.ended_on = member, day
        posting.save(update_fields=["ended_on"])
        revoked = models.AuthorizationDeed.objects.filter(
            member=member, department=posting.department, revoked_at=None
        ).update(revoked_at=now, revoked_for="派驻结束")
        _tell(
            work, actor, posting, action="posting.end", name="posting.ended", now=now,
            deeds_revoked=revoked,
        )  # fmt: skip
        registers.tell_leaving(work, member, now)
    return posting


def _save(posting: models.Posting) -> None:
    try:
        with transaction.atomic():
            posting.save()
    except IntegrityError as error:
        if "staff_posting_one_of_a_kind" in str(error):
            raise errors.PostTakenError(
                path=("kind",), post=POST_NAMES[PostingKind(posting.kind)]
            ) from error
        raise


def _tell(
    work: Work,
    actor: Actor,
    posting: models.Posting,
    *,
    action: str,
    name: str,
    now: datetime,
    **more: object,
) -> None:
    registers.tell(
        work, actor, topic="posting", key=posting.member.staff_number, action=action, name=name,
        now=now,
        data={
            "department": posting.department.code,
            "kind": posting.kind,
            "startedOn": posting.started_on,
            "endedOn": posting.ended_on,
            **more,
        },
    )  # fmt: skip
