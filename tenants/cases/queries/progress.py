"""How far a case has come, for whoever has its number and query code."""

import hmac

from django.conf import settings

from tenants.cases import errors, models, rules
from tenants.cases.queries.access import by_number
from tongban.kernel import crypto, numbers

_QUERY_CODE_LENGTH = 6


def query_code_of(number: str) -> str:
    """Return the query code of a case number: six characters that only this platform can derive."""
    digest = crypto.keyed_hash(_key(), f"query-code:{number}")
    value = int.from_bytes(digest)
    letters = []
    for _ in range(_QUERY_CODE_LENGTH):
        value, place = divmod(value, len(numbers.QUERY_CODE_ALPHABET))
        letters.append(numbers.QUERY_CODE_ALPHABET[place])
    return "".join(letters)


def query_code_digest(number: str, code: str) -> str:
    """Return the form in which a query code is stored: a keyed digest, bound to the number."""
    return crypto.keyed_hash(_key(), f"query-digest:{number}:{code}").hex()


def _key() -> bytes:
    return str(settings.APPLICANT_HASH_KEY).encode()


def progress(number: str, query_code: str) -> rules.Progress:
    """Return how far a case has come, for whoever has its number and query code.

    The caller counts and limits attempts: the code holds 28 bits. Raises: CaseNotFoundError, alike
    for an unknown number, a draft and a wrong code, and in the same time.
    """
    try:
        canonical = numbers.canonical_of_either(number)
    except numbers.CaseNumberError:
        canonical = ""
    case = models.Case.objects.filter(by_number(canonical)).exclude(query_code_digest="").first()
    letters = (c for c in query_code.upper() if c in numbers.QUERY_CODE_ALPHABET)
    given = query_code_digest(case.number if case else canonical, "".join(letters))
    if not hmac.compare_digest(given, case.query_code_digest if case else "0" * 64) or not case:
        raise errors.CaseNotFoundError(path=("number",))
    return rules.Progress(
        number=case.number,
        matter_name=case.matter_name,
        state=case.state,
        custodian_code=case.custodian_code,
        submitted_at=case.submitted_at,
        accepted_at=case.accepted_at,
        promised_due_at=case.promised_due_at,
        decided_at=case.decided_at,
        issued_at=case.issued_at,
        completed_at=case.completed_at,
    )
