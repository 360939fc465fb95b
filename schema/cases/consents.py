"""What applicants are told of their data, and withdrawing a consent."""

import uuid
from typing import Annotated

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER, VERSION
from schema.cases.mutations import CasePayload, acting, answered
from schema.context import ENGLISH, Info
from tenants.cases import rules
from tenants.cases.operations import consents

NoticeVersion = Annotated[
    str | None, strawberry.argument(description="A former version; null: the present one.")
]


@strawberry.type(description="个人信息处理告知书: what applicants are told of their data.")
class PrivacyNotice:
    version: str = strawberry.field(description="Its version, for `ConsentInput.noticeVersion`.")
    is_present: bool = strawberry.field(description="Whether it is the one that is shown now.")
    text: str = strawberry.field(description="The text, in the request's language.")


@strawberry.type
class ConsentsQuery:
    @strawberry.field(
        description="What applicants are told of their data; null for an unknown version."
    )
    def privacy_notice(self, info: Info, version: NoticeVersion = None) -> PrivacyNotice | None:
        wanted = rules.NOTICE if version is None else version
        texts = rules.NOTICES.get(wanted)
        if texts is None:
            return None
        chinese, english = texts
        return PrivacyNotice(
            version=wanted,
            is_present=wanted == rules.NOTICE,
            text=english if info.context.language == ENGLISH else chinese,
        )


@strawberry.input(description="Which consent to withdraw.")
class WithdrawConsentInput:
    number: str = strawberry.field(description=NUMBER)
    kind: rules.ConsentKind = strawberry.field(
        description="To which use of the data; `HANDLING` rests on the law and stays."
    )
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type
class ConsentsMutation:
    @payloads.mutation(
        description="Withdraw the consent to one use of the applicant's data, or refuse it where "
        "nobody asked; messages in the app go on."
    )
    def withdraw_consent(self, info: Info, input: WithdrawConsentInput) -> CasePayload:
        actor = acting(info)
        outcome = consents.withdraw_consent(
            actor=actor,
            number=input.number,
            kind=input.kind,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)
