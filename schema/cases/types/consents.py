"""On what the use of a case's data rests, as the API takes and shows it."""

from datetime import datetime
from typing import Self

import strawberry

from schema import enums
from schema.cases.types.parts import Party
from tenants.cases import rules

enums.describe(
    rules.ConsentKind,
    "What an applicant's data are used for.",
    texts={
        rules.ConsentKind.HANDLING: "办理: to handle the application; it rests on the law.",
        rules.ConsentKind.TEXT_MESSAGES: "短信告知: to tell of the case by text message.",
        rules.ConsentKind.ELECTRONIC_DELIVERY: "电子送达: to deliver the result electronically.",
    },
)
enums.describe(
    rules.ConsentBasis,
    "What lets data be used (个人信息保护法 13).",
    texts={
        rules.ConsentBasis.STATUTORY_DUTY: "履行法定职责: no consent is needed, but it is told.",
        rules.ConsentBasis.CONSENT: "个人同意: it can be withdrawn.",
    },
)


@strawberry.input(
    description="What the applicant was told of their data (`privacyNotice`), and agreed to."
)
class ConsentInput:
    notice_version: str = strawberry.field(
        description="The version of the notice that they were shown; an unknown one is "
        "`PRIVACY_NOTICE_UNKNOWN`."
    )
    text_messages: bool | None = strawberry.field(
        default=None,
        description="Whether they agree to text messages; false: there are none. Null: they were "
        "not asked, and what the center must tell them goes to the phone that they gave.",
    )
    electronic_delivery: bool | None = strawberry.field(
        default=None,
        description="Whether they agree to electronic delivery; false: it is refused. Null: they "
        "were not asked.",
    )

    def read(self) -> rules.Agreement:
        """Return it as operations take it."""
        return rules.Agreement(self.notice_version, self.text_messages, self.electronic_delivery)


@strawberry.type(description="On what one use of the applicant's data rests.")
class CaseConsent:
    kind: rules.ConsentKind = strawberry.field(description="What the data are used for.")
    basis: rules.ConsentBasis = strawberry.field(description="What lets them be used.")
    is_given: bool = strawberry.field(description="False where the applicant refused.")
    notice_version: str | None = strawberry.field(
        description="The notice that they were shown; null where none is recorded."
    )
    at: datetime = strawberry.field(description="Since when.")
    channel: rules.Channel = strawberry.field(description="How it was said.")
    by: Party = strawberry.field(description="Who said it, or entered it at a window.")
    on_behalf_of: Party | None = strawberry.field(description="For whom, where for another.")
    withdrawn_at: datetime | None = strawberry.field(description="When it was withdrawn.")
    withdrawn_by: Party | None = strawberry.field(description="Who withdrew it.")

    @classmethod
    def of(cls, consent: rules.Consent) -> Self:
        """Return the consent as the API shows it."""
        return cls(
            kind=consent.kind,
            basis=consent.basis,
            is_given=consent.is_given,
            notice_version=consent.notice or None,
            at=consent.at,
            channel=rules.Channel(consent.channel),
            by=Party.of(consent.by),
            on_behalf_of=Party.of(consent.on_behalf_of) if consent.on_behalf_of else None,
            withdrawn_at=consent.withdrawn_at,
            withdrawn_by=Party.of(consent.withdrawn_by) if consent.withdrawn_by else None,
        )
