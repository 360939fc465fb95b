"""An application as it comes in: applicant, agents, channel, files, and how much of each."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import IO, Any, Final, TypeAlias

from tenants.cases.rules.consents import Agreement
from tongban.kernel.personal import IdKind

MAX_FILES: Final = 20


MAX_MATERIALS: Final = 100


LARGEST_BLOCK: Final = 500
"""The most provisional numbers that are reserved at once."""


LONGEST_DEVICE: Final = 60


LONGEST_TEXT: Final = 2000


LONGEST_NAME: Final = 100


LONGEST_MASKED_NAME: Final = 64


DRAFT_WARNING: Final = timedelta(days=7)
"""How long before a draft is removed its owner is told."""


LARGEST_FORM: Final = 64 * 1024


class ApplicantKind(StrEnum):
    """Whether a person applies or an organization."""

    NATURAL = "NATURAL"
    LEGAL = "LEGAL"


class Channel(StrEnum):
    """办理形式: how the application came in."""

    COUNTER = "counter"
    STATION = "station"
    ONLINE = "online"
    MOBILE = "mobile"
    POST = "post"


CHANNEL_TEXTS: Final[Mapping[Channel, str]] = {
    Channel.COUNTER: "政务服务大厅窗口",
    Channel.STATION: "便民服务中心代收",
    Channel.ONLINE: "网上",
    Channel.MOBILE: "移动端",
    Channel.POST: "邮寄",
}

OWN_CHANNELS: Final = frozenset({Channel.ONLINE, Channel.MOBILE})
"""Channels by which applicants act themselves; a draft of theirs is nobody else's business."""


class SealedField(StrEnum):
    """Personal data that are shown masked and may be revealed for a purpose."""

    APPLICANT_NAME = "applicant_name"
    APPLICANT_ID_NUMBER = "applicant_id"
    APPLICANT_PHONE = "applicant_phone"
    REPRESENTATIVE_NAME = "representative.name"
    REPRESENTATIVE_ID_NUMBER = "representative.id_number"
    REPRESENTATIVE_PHONE = "representative.phone"
    HANDLER_NAME = "handler.name"
    HANDLER_ID_NUMBER = "handler.id_number"
    HANDLER_PHONE = "handler.phone"


class CorrectedField(StrEnum):
    """What of an applicant's data may be corrected: a number would make it another person."""

    NAME = "name"
    PHONE = "phone"


@dataclass(frozen=True, slots=True)
class Agent:
    """A person who acts for the applicant: 法定代表人, or 经办人."""

    name: str
    id_kind: IdKind | None = None
    id_number: str = ""
    phone: str = ""


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who applies, as typed in; identifiers in the clear, so it is never stored or logged."""

    kind: ApplicantKind
    name: str
    id_kind: IdKind
    id_number: str = field(repr=False)
    phone: str = field(default="", repr=False)
    representative: Agent | None = field(default=None, repr=False)
    handler: Agent | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class GuideAnswer:
    """The option that answers one of a matter's questions, both by their codes."""

    question: str
    option: str


@dataclass(frozen=True, slots=True)
class SubmitRequest:
    """An application as it is handed in.

    ``hold_for_review`` keeps it here, also where materials are missing, until this center offers
    it onward. ``as_draft`` only saves it; ``draft_number`` goes on with a saved one.
    """

    matter_code: str
    applicant: Applicant
    variant: str = ""
    """The serial of the variant (业务办理项) that is applied for."""
    answers: Sequence[GuideAnswer] = ()
    """What the applicant answered to the matter's questions."""
    address_division: str = ""
    form: Mapping[str, Any] = field(default_factory=dict)
    channel: Channel | None = None
    """None: as the actor works (counter, station, online)."""
    hold_for_review: bool = False
    as_draft: bool = False
    draft_number: str = ""
    provisional_number: str = ""
    """Under which a station took it in while its line was down."""
    consent: Agreement | None = None
    """What the applicant was told and agreed to; None: nothing of it is known."""
    commitments: Mapping[str, str] = field(default_factory=dict)
    """告知承诺: code of a material that is committed to instead → what the applicant was told."""


@dataclass(frozen=True, slots=True)
class IncomingUpload:
    """A large file that came in parts before, by its id."""

    upload_id: uuid.UUID


@dataclass(frozen=True, slots=True)
class IncomingFile:
    """A file as it is uploaded; the stream can be rewound."""

    filename: str
    stream: IO[bytes] = field(repr=False)


Handed: TypeAlias = IncomingFile | IncomingUpload
"""A file as it is handed in: with the request, or in parts before it."""
