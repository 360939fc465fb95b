"""Where the platform calls upward: features register here when the app registry is ready."""

import uuid
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto
from typing import Any

from django.db.models import QuerySet

from tongban.kernel.context import SharedRole


@dataclass(frozen=True, slots=True)
class Message:
    """A message as its destination gets it; the handler runs in the transaction that marks it."""

    message_id: uuid.UUID
    origin: str
    destination: str
    kind: str
    key: str
    payload: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class DueTimer:
    """A timer that is due; the handler runs in the transaction that marks it fired."""

    kind: str
    key: str
    payload: Mapping[str, Any]


class OutOfOrderError(Exception):
    """The handler misses an earlier message of this key: deliver again later, change nothing."""


InboxHandler = Callable[[Message, datetime], None]
TimerHandler = Callable[[DueTimer, datetime], None]


@dataclass(frozen=True, slots=True)
class OnboardingStep:
    """Makes one thing ready for a center, by its code; run again, it adds what is missing."""

    run: Callable[[str, datetime], None]
    role: SharedRole | None
    """The shared role it works in, or None for the center's own context."""


inbox_handlers: dict[str, InboxHandler] = {}
timer_handlers: dict[str, TimerHandler] = {}
onboarding_steps: dict[str, OnboardingStep] = {}


@dataclass(frozen=True, slots=True)
class CustodyPort:
    """How a case asks for its own handing over; the handoffs feature provides it.

    Both run in the caller's unit of work and change the case's row: read it again afterwards.
    """

    offer_next: Callable[[str, datetime], None]
    """Offer the case of this number to the first hop of its route."""
    complete: Callable[[str, datetime], None]
    """Give the decided case of this number back to the center that handed it over.

    Raises: DomainError where nobody handed it over."""


_custody: list[CustodyPort] = []


def register_custody(port: CustodyPort) -> None:
    """Let ``port`` hand cases over; there is one."""
    if _custody and _custody[0] != port:
        raise RuntimeError("custody is registered already")
    _custody[:] = [port]


def custody() -> CustodyPort:
    """Return the registered custody port."""
    return _custody[0]


@dataclass(frozen=True, slots=True)
class CaseNews:
    """An event that this center appended to a case, for those who act upon it."""

    event: str
    number: str
    epoch: int
    sequence: int
    at: datetime
    matter_name: str
    applicant_name_masked: str
    applicant_hash: bytes
    phone: str | None
    """In the clear, as E.164: whoever keeps it seals it."""
    promised_due_at: datetime | None
    expires_at: datetime | None = None
    """When a draft is removed, where the event tells of that."""


@dataclass(frozen=True, slots=True)
class CheckedChain:
    """One chain of hashes beside the audit log, as a check found it."""

    name: str
    """By which people know it: a seal's code, a case's number."""
    links: int
    broken: int | None
    """The first link that does not stand as it was written; None where all do."""


class Where(Enum):
    """Whose schema has something that is kept for a time only."""

    CENTERS = auto()
    PLATFORM = auto()
    EVERYWHERE = auto()


@dataclass(frozen=True, slots=True)
class Retained:
    """Rows that are kept for a time only."""

    title: str
    """What they are, in Chinese."""
    setting: str
    """The name of the setting that says for how many days."""
    older_than: Callable[[datetime], QuerySet[Any]]
    """Returns what may go of the running schema, of what ended before an instant."""
    where: Where = Where.CENTERS


@dataclass(frozen=True, slots=True)
class Leftovers:
    """Files of the running center that somebody left behind: nothing refers to them."""

    title: str
    """What they are, in Chinese."""
    find: Callable[[datetime], list[str]]
    """Returns them, by keys that ``remove`` takes, at an instant."""
    remove: Callable[[str, datetime], None]
    """Removes one, or begins to, idempotently: it is found no more."""


@dataclass(frozen=True, slots=True)
class ScannedFile:
    """A content of which the running center has just learned what is in it."""

    sha256: str
    is_infected: bool
    signature: str


ScanReader = Callable[[ScannedFile, datetime], None]
CaseReader = Callable[[CaseNews], None]
ChainCheck = Callable[[], Iterator[CheckedChain]]
CaseForgetter = Callable[[str], None]
FileUser = Callable[[Collection[str]], set[str]]
Errand = Callable[[Callable[[], datetime]], None]
case_readers: dict[str, list[CaseReader]] = {}
case_forgetters: dict[str, CaseForgetter] = {}
file_users: dict[str, FileUser] = {}
errands: dict[str, Errand] = {}
scan_readers: dict[str, ScanReader] = {}
chain_checks: dict[str, ChainCheck] = {}
retained: dict[str, Retained] = {}
leftovers: dict[str, Leftovers] = {}


def register_case_reader(event: str, reader: CaseReader) -> None:
    """Let ``reader`` act upon each event of this name, in the transaction that appends it.

    Only where it is appended: a center that mirrors the case reads nothing.
    """
    readers = case_readers.setdefault(event, [])
    if reader not in readers:
        readers.append(reader)


def register_case_forgetter(name: str, forget: CaseForgetter) -> None:
    """Let ``forget`` delete what a feature keeps of a draft, by its number, when it is removed."""
    _register(case_forgetters, name, forget)


def register_file_user(name: str, uses: FileUser) -> None:
    """Let ``uses`` tell which contents of the running center a feature needs, by SHA-256."""
    _register(file_users, name, uses)


def register_errand(name: str, errand: Errand) -> None:
    """Let the worker run ``errand`` in every center, in a thread of its own, outside a transaction.

    For what speaks to the outside: an errand is short, and safe where several workers run it.
    """
    _register(errands, name, errand)


def register_scan_reader(name: str, reader: ScanReader) -> None:
    """Let ``reader`` act upon what was found in a file, in the transaction that notes it."""
    _register(scan_readers, name, reader)


def register_chain_check(kind: str, check: ChainCheck) -> None:
    """Let a verification of a center go along its chains of ``kind`` too, one after the other."""
    _register(chain_checks, kind, check)


def register_retained(kind: str, rows: Retained) -> None:
    """Let retention delete rows of ``kind`` when their time is over."""
    if retained.setdefault(kind, rows) != rows:
        raise RuntimeError(f"{kind!r} is registered already")


def register_leftovers(kind: str, files: Leftovers) -> None:
    """Let retention remove leftovers of ``kind`` whenever it finds some."""
    if leftovers.setdefault(kind, files) != files:
        raise RuntimeError(f"{kind!r} is registered already")


def register_inbox_handler(kind: str, handler: InboxHandler) -> None:
    """Let ``handler`` have the effect of messages of ``kind``; one kind has one handler."""
    _register(inbox_handlers, kind, handler)


def register_timer_handler(kind: str, handler: TimerHandler) -> None:
    """Let ``handler`` act when a timer of ``kind`` is due; one kind has one handler."""
    _register(timer_handlers, kind, handler)


def register_onboarding_step(
    name: str, run: Callable[[str, datetime], None], *, role: SharedRole | None = None
) -> None:
    """Append a step to what onboarding does for each new center, in order of registration."""
    if name in onboarding_steps and onboarding_steps[name].run is not run:
        raise RuntimeError(f"{name!r} is registered already")
    onboarding_steps[name] = OnboardingStep(run, role)


def _register(table: dict[str, Any], name: str, function: Callable[..., Any]) -> None:
    if table.setdefault(name, function) is not function:
        raise RuntimeError(f"{name!r} is registered already")
