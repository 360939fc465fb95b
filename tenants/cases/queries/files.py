"""Files and papers of a case, and whether a paper is genuine."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, rules
from tenants.cases.queries.access import membership_of, visible_cases
from tenants.staff import queries as staff
from tongban.kernel import context, crypto, files
from tongban.kernel.actors import Actor
from tongban.kernel.files import ScanState
from tongban.registry import queries as registry


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file as it is handed out again; its bytes lie under this center by their hash."""

    case: models.Case
    sha256: str
    filename: str
    media_type: str
    names_holder: bool = True
    """Whether it shows who the applicant is in full: what staff open of that is audited."""


def access_file(*, actor: Actor, file_id: str) -> StoredFile:
    """Return a material's file, to whoever may see its case. Raises: CaseNotFoundError.

    What is to be scanned, or in which something was found, nobody gets.
    """
    cases = visible_cases(actor, membership_of(actor))
    found = models.MaterialFile.objects.select_related("material__case").with_scans()
    file = found.filter(pk=file_id, material__case__in=cases).first()
    if file is None or file.scan_state in {ScanState.PENDING, ScanState.INFECTED}:
        raise errors.CaseNotFoundError
    return StoredFile(file.material.case, file.sha256, file.filename, file.media_type)


def access_paper(*, actor: Actor, paper_id: str) -> StoredFile:
    """Return a paper's PDF, to whoever may see its case. Raises: CaseNotFoundError."""
    cases = visible_cases(actor, membership_of(actor))
    found = models.Paper.objects.select_related("case").filter(pk=paper_id, case__in=cases)
    paper = found.first()
    if paper is None:
        raise errors.CaseNotFoundError
    filename = f"{paper.statement['title']}{paper.number}.pdf"
    return StoredFile(
        case=paper.case,
        sha256=paper.sha256,
        filename=filename,
        media_type="application/pdf",
        names_holder=paper.kind == rules.PaperKind.RESULT,
    )


@dataclass(frozen=True, slots=True)
class Revocation:
    """Since when a decision stands no more, and by which letter (撤销决定书)."""

    at: datetime
    title: str = ""
    """Empty while the letter is on its way from the center that handed it out."""
    number: str = ""
    seal: str = ""


@dataclass(frozen=True, slots=True)
class CheckedPaper:
    """What anybody who holds a paper may know: what was signed, and whether it still stands."""

    statement: Mapping[str, Any]
    key_id: str
    public_key: bytes | None
    signature: bytes
    is_genuine: bool
    is_replaced: bool
    """Another result of the same case stands instead: it was sealed anew."""
    is_disputed: bool
    """It records a delivery that its applicant did not get (送达回证)."""
    seal: str
    """The seal on it, or ""; a letter is sealed after it was signed, so no statement has that."""
    revocation: Revocation | None
    """By what the decision that it tells of, or rests on, stands no more."""


def check_paper(token: str) -> CheckedPaper | None:
    """Return the paper with a verify token and whether it is genuine, None where there is none.

    Genuine is what the center's key signed that the registry names for that time, with the PDF
    still as it was handed out.
    """
    paper = models.Paper.objects.select_related("case").filter(verify_token=token).first()
    if paper is None:
        return None
    here = context.current_center()
    standing = (paper.case.result or {}).get("paper", paper.number)
    key = registry.public_key(paper.key_id, center_code=here, at=paper.created_at)
    is_genuine = (
        _is_signed(paper, key) and _issuer(paper) == here and _is_intact(here, paper.sha256)
    )
    return CheckedPaper(
        statement=paper.statement,
        key_id=paper.key_id,
        public_key=key,
        signature=bytes(paper.signature),
        is_genuine=is_genuine,
        is_replaced=paper.kind == rules.PaperKind.RESULT and paper.number != standing,
        is_disputed=_is_disputed(paper),
        seal=_seal_on(paper),
        revocation=_revocation(paper),
    )


def _is_disputed(paper: models.Paper) -> bool:
    """Tell whether the completion that a delivery's record is of was disputed since."""
    if paper.kind != rules.PaperKind.DELIVERY_RECORD:
        return False
    later = paper.case.papers.filter(kind=paper.kind, id__gt=paper.pk)
    return paper.case.completed_at is None or later.exists()


def _seal_on(paper: models.Paper) -> str:
    """Return the seal by its register, which nobody here can change: it has the PDF's own hash."""
    return staff.seal_on(case_number=paper.case.number, sha256=paper.sha256)


def _revocation(paper: models.Paper) -> Revocation | None:
    revocation = (paper.case.decision or {}).get("revocation")
    if revocation is None or paper.kind not in _REVOKED:
        return None
    at = datetime.fromisoformat(revocation["at"])
    letters = paper.case.papers.filter(kind=rules.PaperKind.REVOCATION)
    letter = letters.order_by("-id").first()
    if letter is None:
        return Revocation(at)
    return Revocation(at, letter.statement["title"], letter.number, _seal_on(letter))


_REVOKED = frozenset({rules.PaperKind.APPROVAL, rules.PaperKind.RESULT})


def is_signed_by_issuer(paper: models.Paper) -> bool:
    """Tell whether the center that a paper's token names signed just this, with any of its keys."""
    key = registry.public_key(paper.key_id, center_code=_issuer(paper))
    return _is_signed(paper, key)


def _is_signed(paper: models.Paper, key: bytes | None) -> bool:
    said = paper.statement
    known = (said.get("center"), said.get("kind"), said.get("number"), said.get("sha256"))
    return (
        key is not None
        and known == (_issuer(paper), paper.kind, paper.number, paper.sha256)
        and said.get("at") == crypto.plain_json(paper.created_at)
        and crypto.verify(key, crypto.canonical_json(said), bytes(paper.signature))
    )


def _issuer(paper: models.Paper) -> str:
    return paper.verify_token.partition(".")[0]


def _is_intact(center_code: str, sha256: str) -> bool:
    try:
        with files.open_file(center_code, sha256) as stream:
            return files.digest(stream)[0] == sha256
    except FileNotFoundError:
        return False
