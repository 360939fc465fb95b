"""Requests about one's own data as the API shows them."""

import uuid
from datetime import datetime
from typing import Self

import strawberry

from schema import enums
from schema.cases import links
from schema.cases.types.parts import ApplicantAgent
from schema.context import ENGLISH, Info
from tenants.cases.rules import CorrectedField
from tenants.privacy import models, queries, rules
from tenants.privacy.rules import DeletedKind, KeptKind, RequestKind
from tenants.privacy.states import RequestState
from tenants.staff import queries as staff
from tenants.staff.rules import Membership
from tongban.kernel.personal import IdKind

enums.describe(
    RequestKind,
    "What somebody asks for about their own data (个人信息保护法 44–50).",
    name="DataRequestKind",
    texts={
        RequestKind.ACCESS: "查阅、复制: a copy of what the center holds of them.",
        RequestKind.CORRECTION: "更正: of one datum of one case.",
        RequestKind.DELETION: "删除: of what no law makes the center keep.",
    },
)
enums.describe(
    RequestState,
    "Where a request stands.",
    name="DataRequestState",
    texts={
        RequestState.OPEN: "待答复: nobody has answered yet.",
        RequestState.GRANTED: "已同意",
        RequestState.REFUSED: "不同意 / The answer says why.",
    },
)


enums.describe(
    CorrectedField,
    "What of an applicant's data may be corrected.",
    texts={
        CorrectedField.NAME: "姓名或名称 / Until the case is decided.",
        CorrectedField.PHONE: "联系电话",
    },
)


enums.describe(
    DeletedKind,
    "What of a person's data is deleted when they ask for it.",
    name="DeletedData",
    texts={
        DeletedKind.DRAFTS: "草稿: what was never handed in, with its files.",
        DeletedKind.MESSAGES: "消息: about cases that ended more than a year ago, with the phone.",
        DeletedKind.REQUESTED_VALUES: "申请更正的内容: what an answered request still kept sealed.",
    },
)
enums.describe(
    KeptKind,
    "What of a person's data a center keeps by law.",
    name="KeptData",
    texts={
        KeptKind.CASES: "办件: what was handed in; archive.",
        KeptKind.MESSAGES: "消息: what was told of cases that run, or ended within a year.",
        KeptKind.DATA_REQUESTS: "个人信息申请: the register of requests and answers.",
        KeptKind.AUDIT_LOG: "操作日志: entries about those cases and requests.",
        KeptKind.ACCOUNT: "账号: the platform's; its owner closes it (`closeAccount`).",
    },
)


@strawberry.type(description="How much of one kind of data is deleted.")
class DeletedItem:
    kind: DeletedKind = strawberry.field(description="Of what.")
    count: int = strawberry.field(description="How many.")


@strawberry.type(description="How much of one kind of data is kept, and by what law.")
class KeptItem:
    kind: KeptKind = strawberry.field(description="Of what.")
    count: int = strawberry.field(description="How many.")
    statute: str = strawberry.field(description="The statute on which that rests, in Chinese.")
    article: str = strawberry.field(description="Its article.")
    text: str = strawberry.field(description="Why, and what follows, in the request's language.")


@strawberry.type(description="What is deleted of a person's data at a center, and what is kept.")
class Deletion:
    deleted: list[DeletedItem] = strawberry.field(description="What goes; what there is of it.")
    kept: list[KeptItem] = strawberry.field(
        description="What stays, stored and protected only (个人信息保护法 47)."
    )

    @classmethod
    def of(cls, found: rules.Deletion, info: Info) -> Self:
        """Return both lists in the request's language."""
        is_english = info.context.language == ENGLISH
        return cls(
            deleted=[DeletedItem(kind=kind, count=n) for kind, n in found.deleted.items()],
            kept=[
                KeptItem(
                    kind=kind,
                    count=n,
                    statute=rules.KEPT[kind].statute,
                    article=rules.KEPT[kind].article,
                    text=rules.KEPT[kind].text[is_english],
                )
                for kind, n in found.kept.items()
            ],
        )


@strawberry.type(description="What a window recorded of who stood there and asked, masked.")
class DataRequestCounter:
    entered_by: str = strawberry.field(description="Who entered it, by name.")
    id_kind: IdKind = strawberry.field(description="What document the person showed.")
    id_number_masked: str = strawberry.field(description="Its number, masked.")
    phone_masked: str = strawberry.field(description="The phone number, masked, or empty.")
    notice_version: str = strawberry.field(description="Which privacy notice they were told.")
    is_texted: bool = strawberry.field(
        description="Whether they are told by text message that there is an answer."
    )
    agent: ApplicantAgent | None = strawberry.field(
        description="代办人: who came for the person, or null."
    )
    deed: str = strawberry.field(description="授权委托书: by what the agent acts, or empty.")

    @classmethod
    def of(cls, row: models.DataRequest) -> Self | None:
        """Return what a window recorded, None of a request that was made online."""
        if row.counter is None:
            return None
        said, agent = row.counter, row.counter["agent"]
        return cls(
            entered_by=said["by"]["name"],
            id_kind=IdKind(said["id_kind"]),
            id_number_masked=said["id_number"],
            phone_masked=said["phone"],
            notice_version=said["notice"],
            is_texted=said["is_texted"],
            agent=ApplicantAgent.of(agent) if agent else None,
            deed=said["deed"],
        )


@strawberry.type(description="A request of a person about their own data in this center.")
class DataRequest:
    id: uuid.UUID = strawberry.field(description="Its id.")
    kind: RequestKind = strawberry.field(description="What is asked for.")
    state: RequestState = strawberry.field(description="Where it stands.")
    requester_name_masked: str = strawberry.field(description="Who asks, masked.")
    text: str = strawberry.field(description="What the person says to it, or empty.")
    case_number: str | None = strawberry.field(description="Of which case, for a correction.")
    field: CorrectedField | None = strawberry.field(description="What of it is wrong.")
    value_masked: str | None = strawberry.field(
        description="What is right, masked; see `revealRequestedValue`."
    )
    counter: DataRequestCounter | None = strawberry.field(
        description="What a window recorded that made it for the person; null: made online."
    )
    requested_at: datetime = strawberry.field(description="When it was made.")
    due_at: datetime = strawberry.field(description="Until when it is to be answered.")
    is_overdue: bool = strawberry.field(description="Whether it is open past that.")
    answered_at: datetime | None = strawberry.field(description="When it was answered.")
    answered_by: str | None = strawberry.field(description="Who answered, by name.")
    answer: str = strawberry.field(description="What the center says to it, or empty.")
    deletion: Deletion | None = strawberry.field(
        description="For a `DELETION` that was granted, what went and what the law keeps."
    )
    copy_until: datetime | None = strawberry.field(
        description="Until when a copy may be downloaded; null where there is none."
    )
    url: str | None = strawberry.field(
        description="Where the copy is downloaded, as JSON: for 10 minutes, by the person alone, "
        "or where a window made the request by who may answer it, to hand it out; null to "
        "everybody else, and where there is none."
    )

    @classmethod
    def shown(cls, row: models.DataRequest, info: Info) -> Self:
        """Return one request as the API shows it to whoever asks."""
        return cls.of(row, info, membership=staff.membership_of(info.context.actor))

    @classmethod
    def of(cls, row: models.DataRequest, info: Info, *, membership: Membership | None) -> Self:
        """Return a request as the API shows it to the person, at a window, or to who answers."""
        now = info.context.now()
        has_copy = (
            row.copy_until is not None
            and now < row.copy_until
            and queries.may_open_copy(info.context.actor, membership, row)
        )
        return cls(
            id=row.pk,
            kind=RequestKind(row.kind),
            state=RequestState(row.state),
            requester_name_masked=row.requester_name_masked,
            text=row.text,
            case_number=row.case_number or None,
            field=CorrectedField(row.field) if row.field else None,
            value_masked=row.value_masked or None,
            counter=DataRequestCounter.of(row),
            requested_at=row.requested_at,
            due_at=row.due_at,
            is_overdue=row.state == RequestState.OPEN and now > row.due_at,
            answered_at=row.answered_at,
            answered_by=row.answered_by["name"] if row.answered_by else None,
            answer=row.answer,
            deletion=Deletion.of(rules.Deletion.of(row.outcome), info) if row.outcome else None,
            copy_until=row.copy_until,
            url=links.link_to(info, links.COPY, row.pk) if has_copy else None,
        )
