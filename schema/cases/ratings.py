"""好差评: rating cases, answering bad ratings, appeals, and figures."""

import uuid
from datetime import datetime
from typing import Annotated

import strawberry

from schema import payloads
from schema.cases.inputs import NUMBER, VERSION
from schema.cases.mutations import CasePayload, acting, answered
from schema.cases.types.ratings import Rating, RatingFigures
from schema.connections import DEFAULT_PAGE, After, Connection, First, paginate
from schema.context import Info, require_actor, require_center
from tenants.cases import queries, rules
from tenants.cases.operations import rating

_RATING = "The rating's number within the case, from 1."


@strawberry.input(description="How an applicant found a service.")
class RateCaseInput:
    number: str = strawberry.field(description=NUMBER)
    level: rules.RatingLevel = strawberry.field(description="How the service was found.")
    channel: rules.RatingChannel = strawberry.field(
        description="By what it is given: a window enters TABLET, TERMINAL and PHONE, an applicant "
        "the others."
    )
    tags: list[str] = strawberry.field(
        default_factory=list, description="What was ticked: at most 10 of 1-20 characters."
    )
    text: str = strawberry.field(default="", description="What was said, or empty.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="What was rectified after a bad rating.")
class AnswerRectificationInput:
    number: str = strawberry.field(description=NUMBER)
    rating: int = strawberry.field(description=_RATING)
    answer: str = strawberry.field(description="What was done; the applicant reads it.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="Why a bad rating is wrong.")
class AppealRatingInput:
    number: str = strawberry.field(description=NUMBER)
    rating: int = strawberry.field(description=_RATING)
    reason: str = strawberry.field(description="Why; for the supervisor who decides.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.input(description="The decision on an appeal against a bad rating.")
class DecideAppealInput:
    number: str = strawberry.field(description=NUMBER)
    rating: int = strawberry.field(description=_RATING)
    is_upheld: bool = strawberry.field(description="Whether the rating counts no more.")
    text: str = strawberry.field(description="The reasons; the applicant reads them.")
    expected_version: int | None = strawberry.field(default=None, description=VERSION)
    idempotency_key: uuid.UUID = strawberry.field(description=payloads.IDEMPOTENCY_KEY)


@strawberry.type
class RatingsQuery:
    @strawberry.field(
        description="The ratings of this center's cases (好差评), latest first; empty to others "
        "than its staff."
    )
    def ratings(
        self,
        info: Info,
        is_open: Annotated[
            bool | None,
            strawberry.argument(
                description="Only bad ones that wait for their rectification, or don't."
            ),
        ] = None,
        is_overdue: Annotated[
            bool | None, strawberry.argument(description="Only those answered late, or not.")
        ] = None,
        first: First = DEFAULT_PAGE,
        after: After = None,
    ) -> Connection[Rating]:
        require_center(info)
        rows = queries.find_ratings(
            actor=require_actor(info), is_open=is_open, is_overdue=is_overdue
        )
        return paginate(rows, order=("-id",), first=first, after=after, node=Rating.of)

    @strawberry.field(
        description="How matters or windows were rated at this center, best first, at most 500; "
        "empty to others than its staff."
    )
    def rating_summary(
        self,
        info: Info,
        by: Annotated[rules.RatingGrouping, strawberry.argument(description="What to count by.")],
        start: Annotated[
            datetime | None, strawberry.argument(description="Only ratings from then on.")
        ] = None,
        end: Annotated[
            datetime | None, strawberry.argument(description="Only ratings before that.")
        ] = None,
    ) -> list[RatingFigures]:
        require_center(info)
        found = queries.rating_summary(actor=require_actor(info), by=by, start=start, end=end)
        return [RatingFigures.of(figures) for figures in found]


@strawberry.type
class RatingsMutation:
    @payloads.mutation(
        description="Rate a decided case (好差评): its applicant online, once a matter; a window "
        "for them, once a case. A bad one is to be rectified and answered."
    )
    def rate_case(self, info: Info, input: RateCaseInput) -> CasePayload:
        actor = acting(info)
        outcome = rating.rate_case(
            actor=actor,
            number=input.number,
            said=rating.Said(input.level, input.channel, input.tags, input.text),
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(
        description="Answer a bad rating with what was rectified (差评整改). For the management "
        "office and managers of departments."
    )
    def answer_rectification(self, info: Info, input: AnswerRectificationInput) -> CasePayload:
        actor = acting(info)
        outcome = rating.answer_rectification(
            actor=actor,
            number=input.number,
            rating=input.rating,
            answer=input.answer,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(description="Appeal against a bad rating as wrong. For those who handle it.")
    def appeal_rating(self, info: Info, input: AppealRatingInput) -> CasePayload:
        actor = acting(info)
        outcome = rating.appeal_rating(
            actor=actor,
            number=input.number,
            rating=input.rating,
            reason=input.reason,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)

    @payloads.mutation(
        description="Decide an appeal against a bad rating. For supervisors, not who appealed."
    )
    def decide_appeal(self, info: Info, input: DecideAppealInput) -> CasePayload:
        actor = acting(info)
        outcome = rating.decide_appeal(
            actor=actor,
            number=input.number,
            rating=input.rating,
            is_upheld=input.is_upheld,
            text=input.text,
            expected_version=input.expected_version,
            idempotency_key=input.idempotency_key,
            now=info.context.now(),
        )
        return answered(info, actor, outcome)
