"""Checking one audit log from its beginning, or from the last sealed head."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import islice

from tongban.audit import queries
from tongban.audit.adapters import seal_files
from tongban.audit.rules import START, Chain, Finding, FindingKind, Head

Report = Callable[[int, int], None]
"""Gets (entries checked, entries in all) while a check runs."""

_STEP = 2000


@dataclass(slots=True)
class Verdict:
    """What a check of one schema's log came to."""

    code: str
    entries: int = 0
    seals: int = 0
    findings: list[Finding] = field(default_factory=list)


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
    return verdict


def _stands(sealed: Head) -> Iterator[Finding]:
    """Yield what is wrong with the entry of a sealed head itself."""
    entry = next(queries.entries(after=sealed.sequence - 1, up_to=sealed.sequence), None)
    if entry is None:
        yield Finding.at(FindingKind.SEAL_MISSING, sealed.sequence)
    elif entry.hash != sealed.hash:
        yield Finding.at(FindingKind.SEAL_DIFFERS, sealed.sequence)
    elif entry.recomputed() != entry.hash:
        yield Finding.at(FindingKind.ALTERED, sealed.sequence)
