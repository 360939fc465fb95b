"""Checking one audit log from its beginning, or from the last sealed head."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice

from tongban.audit import queries
from tongban.audit.adapters import seal_files
from tongban.audit.rules import START, Chain, Check, Finding, FindingKind, Head
from tongban.kernel import ports

Report = Callable[[int, int], None]
"""Gets (entries checked, entries in all) while a check runs."""

_STEP = 2000
_EVERY = 100


@dataclass(slots=True)
class Verdict:
    """What a check of one schema's log came to."""

    code: str
    entries: int = 0
    seals: int = 0
    findings: list[Finding] = field(default_factory=list)
    head: Head = START
    chains: int = 0
    """How many chains beside the audit log were checked."""
    broken: list[tuple[str, ports.CheckedChain]] = field(default_factory=list)
    """Kind and chain of each that is broken."""

    @property
    def faults(self) -> int:
        """At how many places something is wrong."""
        return len(self.findings) + len(self.broken)


def verify_log(
    *,
    code: str,
    since_seal: bool = False,
    report: Report = lambda _done, _total: None,
) -> Verdict:
    """Check the audit log of the schema that the task is in against itself and its sealed heads.

    ``code`` names the schema. With ``since_seal`` only what follows the last genuine sealed head
    is read, after that head itself: quick, for every day. What is written meanwhile waits for the
    next check. Reads in batches; memory does not grow with the log.
    """
    verdict = Verdict(code)
    seals = seal_files.read(code)
    sealed = [seal.head for seal in seals if seal.head]
    verdict.seals = len(sealed)
    verdict.findings.extend(
        Finding.at(FindingKind.SEAL_FORGED, seal.line) for seal in seals if seal.head is None
    )
    head, highest = queries.end()
    start = sealed[-1] if since_seal and sealed else START
    if start.sequence:
        verdict.findings.extend(_stands(start))
    chain = Chain(sealed=sealed, before=start)
    following = queries.entries(after=start.sequence, up_to=highest)
    while batch := list(islice(following, _STEP)):
        verdict.findings.extend(chain.follow(batch))
        report(chain.checked, highest - start.sequence)
    verdict.findings.extend(chain.end(head))
    verdict.entries = chain.checked
    verdict.head = chain.before
    return verdict


def verify_chains(verdict: Verdict, *, report: Callable[[str, int], None]) -> None:
    """Check each other chain of the center that the task is in: logs of cases, uses of seals.

    What is broken is added to the ``verdict``. ``report`` gets a kind of chain and how many of it
    are checked.
    """
    for kind, check in ports.chain_checks.items():
        for place, chain in enumerate(check(), start=1):
            verdict.chains += 1
            if chain.broken is not None:
                verdict.broken.append((kind, chain))
            if place % _EVERY == 1:
                report(kind, place)


def note_check(verdict: Verdict, *, now: datetime) -> None:
    """Keep beside the sealed heads what a check came to: not in the log that it judges."""
    seal_files.note_check(verdict.code, Check(now, verdict.head.sequence, verdict.faults))


def _stands(sealed: Head) -> Iterator[Finding]:
    """Yield what is wrong with the entry of a sealed head itself."""
    entry = next(queries.entries(after=sealed.sequence - 1, up_to=sealed.sequence), None)
    if entry is None:
        yield Finding.at(FindingKind.SEAL_MISSING, sealed.sequence)
    elif entry.hash != sealed.hash:
        yield Finding.at(FindingKind.SEAL_DIFFERS, sealed.sequence)
    elif entry.recomputed() != entry.hash:
        yield Finding.at(FindingKind.ALTERED, sealed.sequence)
