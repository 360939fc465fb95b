"""On what the use of an applicant's data rests: the law, or a consent that can be withdrawn."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any


class ConsentKind(StrEnum):
    """What an applicant's data are used for."""

    HANDLING = "handling"
    TEXT_MESSAGES = "text_messages"
    ELECTRONIC_DELIVERY = "electronic_delivery"


class ConsentBasis(StrEnum):
    """What lets data be used (个人信息保护法 13)."""

    STATUTORY_DUTY = "statutory_duty"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class Agreement:
    """What an applicant was told and said to it; None where they were not asked."""

    notice: str
    """The version of the notice that they were shown."""
    text_messages: bool | None = None
    electronic_delivery: bool | None = None

    @property
    def answers(self) -> dict[ConsentKind, bool]:
        """What was answered, kind by kind."""
        said = {
            ConsentKind.TEXT_MESSAGES: self.text_messages,
            ConsentKind.ELECTRONIC_DELIVERY: self.electronic_delivery,
        }
        return {kind: answer for kind, answer in said.items() if answer is not None}


@dataclass(frozen=True, slots=True)
class Consent:
    """On what one use of the data of a case rests, as its log keeps it."""

    kind: ConsentKind
    basis: ConsentBasis
    is_given: bool
    """False where the applicant refused."""
    notice: str
    """The version of the notice that told of it; empty where none is recorded."""
    at: datetime
    channel: str
    by: Mapping[str, Any]
    on_behalf_of: Mapping[str, Any] | None
    withdrawn_at: datetime | None = None
    withdrawn_by: Mapping[str, Any] | None = None

    @property
    def holds(self) -> bool:
        """Whether it lets the data be used now."""
        return self.is_given and self.withdrawn_at is None


@dataclass(frozen=True, slots=True)
class Said:
    """Who said something to it, when, and by which channel."""

    at: datetime
    channel: str
    by: Mapping[str, Any]
    on_behalf_of: Mapping[str, Any] | None

    def about(
        self, kind: ConsentKind, basis: ConsentBasis, *, is_given: bool, notice: str
    ) -> Consent:
        """Return what it says about one use."""
        return Consent(
            kind, basis, is_given, notice, self.at, self.channel, self.by, self.on_behalf_of
        )


def agreed(former: Sequence[Consent], agreement: Agreement | None, said: Said) -> list[Consent]:
    """Return the consents of a case once an ``agreement`` came, if one did."""
    if agreement is None:
        return list(former)
    new = [
        said.about(kind, ConsentBasis.CONSENT, is_given=answer, notice=agreement.notice)
        for kind, answer in agreement.answers.items()
    ]
    return [each for each in former if each.kind not in agreement.answers] + new


def handled(consents: Sequence[Consent], agreement: Agreement | None, said: Said) -> list[Consent]:
    """Return the consents of a case that was handed in: its handling is the center's duty.

    No consent is asked for what the law makes a center do (个人信息保护法 13(1)(3)); the applicant
    is told of it all the same (17).
    """
    notice = agreement.notice if agreement else ""
    own = said.about(
        ConsentKind.HANDLING, ConsentBasis.STATUTORY_DUTY, is_given=True, notice=notice
    )
    return [own, *consents]


def withdrawn(consents: Sequence[Consent], kind: ConsentKind, said: Said) -> list[Consent]:
    """Return the consents of a case once that of one ``kind`` is withdrawn, given or not."""
    if not any(each.kind is kind for each in consents):
        refusal = said.about(kind, ConsentBasis.CONSENT, is_given=False, notice="")
        return [*consents, refusal]
    return [
        replace(each, withdrawn_at=said.at, withdrawn_by=said.by) if each.kind is kind else each
        for each in consents
    ]


def may_use(consents: Sequence[Consent], kind: ConsentKind) -> bool:
    """Tell whether data of a case may be used for this: unless it was refused or withdrawn.

    Who was never asked is told by text message too: it is the center's duty to tell them of their
    own case (行政许可法 32, 44).
    """
    return all(each.holds for each in consents if each.kind is kind)


def withdrawable(consents: Sequence[Consent]) -> list[ConsentKind]:
    """Return what may be withdrawn: never what rests on the law."""
    return [
        kind for kind in ConsentKind if kind is not ConsentKind.HANDLING and may_use(consents, kind)
    ]


def read_consents(listed: Sequence[Mapping[str, Any]]) -> list[Consent]:
    """Return the consents that a case keeps."""
    return [
        Consent(
            **{
                **consent,
                "kind": ConsentKind(consent["kind"]),
                "basis": ConsentBasis(consent["basis"]),
                "at": datetime.fromisoformat(consent["at"]),
                "withdrawn_at": datetime.fromisoformat(consent["withdrawn_at"])
                if consent["withdrawn_at"]
                else None,
            }
        )
        for consent in listed
    ]


def consent_changes(consents: Sequence[Consent]) -> dict[str, Any]:
    """Return the consents as events keep them."""
    listed = [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in asdict(consent).items()
        }
        for consent in consents
    ]
    return {"consents": listed}
