"""What a neighbour has in work: a draft that nobody else may see, beside what it published."""

import uuid
from datetime import datetime
from typing import Any

from tests import publishing
from tongban.catalog.operations import preconditions
from tongban.kernel.context import SharedRole, shared_context

DRAFT, STANDING = "370199917002", "370199917003"
CITY = publishing.OTHER_CITY
_OF_ONE = ("discardDraft", "reviewRevision", "returnRevision", "publishRelease")


def settle(*, mark: str, now: datetime) -> None:
    """Publish a matter of the neighbour's city, and draft another that bears the mark."""
    with shared_context(SharedRole.CATALOG):
        standing = publishing.reviewed(
            publishing.a_matter("菏泽事项"), issuer=CITY, code=STANDING, now=now
        )
        publishing.published(standing, issuer=CITY, now=now)
        publishing.drafted(
            publishing.a_matter(f"{mark}登记", department=mark), issuer=CITY, code=DRAFT, now=now
        )
        preconditions.cancel_precondition(
            actor=publishing.publisher(CITY),
            issuer_code=CITY,
            matter_code=STANDING,
            precondition_code=publishing.SET_UP,
            basis="国发〔2015〕58号",
            idempotency_key=uuid.uuid4(),
            now=now,
        )


def things() -> dict[str, list[Any]]:
    """Return what a request can name of it."""
    return {
        **{f"{name}.matter": [DRAFT] for name in (*_OF_ONE, "draftRevision", "revisions")},
        "attachMaterialFile.matter": [DRAFT],
        **{f"{name}.number": [1] for name in (*_OF_ONE, "withdrawRelease", "release")},
        **{
            f"{name}.issuer": [CITY]
            for name in (
                *("release", "releases", "withdrawRelease", "publishRelease", "revisions"),
                *("draftRevision", "cancelPrecondition", "cancelledPreconditions"),
            )
        },
        "revisionDifferences.matter": [DRAFT, STANDING],
        "cancelPrecondition.matter": [STANDING],
        "precondition": [publishing.SET_UP],
    }
