"""All that a center holds of a person in cases, in the clear, for that person alone."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet

from tenants.cases import models, rules
from tenants.cases.adapters import sealing
from tenants.cases.states import FINAL, State
from tongban.kernel.actors import Actor

_PLAIN = (
    *("number", "matter_code", "matter_name", "state", "channel", "department", "form"),
    *("address_division", "home_code", "owner_code", "custodian_code"),
    *("submitted_at", "received_at", "accepted_at", "decided_at", "issued_at", "completed_at"),
    *("decision", "result", "delivery", "fees", "consents", "ratings", "agents"),
)


def holds_own(actor: Actor) -> bool:
    """Tell whether the center has a case or a draft of the actor's own (one statement)."""
    if not actor.real_name or actor.applicant_hash is None:
        return False
    return models.Case.objects.filter(applicant_id_hash=actor.applicant_hash).exists()


def drafts_of(applicant_hash: bytes) -> QuerySet[models.Case]:
    """Return what a person saved here and never handed in, also what they withdrew so."""
    submitted = models.CaseEvent.objects.filter(case=OuterRef("pk"), name="case.submitted")
    return models.Case.objects.filter(
        ~Exists(submitted),
        applicant_id_hash=applicant_hash,
        state__in=(State.DRAFT, State.WITHDRAWN),
    )


def handed_in_by(applicant_hash: bytes) -> QuerySet[models.Case]:
    """Return the cases of a person that this center has, without drafts."""
    own = models.Case.objects.filter(applicant_id_hash=applicant_hash)
    return own.exclude(pk__in=drafts_of(applicant_hash).values("pk"))


def ended_before(applicant_hash: bytes, instant: datetime) -> list[str]:
    """Return the numbers of a person's cases that have ended, and came to their end before then."""
    own = handed_in_by(applicant_hash).filter(state__in=FINAL)
    steps = Q(events__changes__has_key="state")
    ended = own.annotate(ended_at=Max("events__at", filter=steps)).filter(ended_at__lt=instant)
    return list(ended.values_list("number", flat=True))


def is_organization(applicant_hash: bytes) -> bool:
    """Tell whether an identifier is that of an organization here (one statement)."""
    kind = rules.ApplicantKind.LEGAL
    known = models.Case.objects.filter(applicant_id_hash=applicant_hash, applicant_kind=kind)
    return known.exists()


def copies_of(applicant_hash: bytes) -> list[dict[str, Any]]:
    """Return what the center holds of a person's cases, drafts among them, oldest first.

    Other persons stay masked, and what staff write for each other is left out. Six statements
    however many cases.
    """
    rows = models.Case.objects.filter(applicant_id_hash=applicant_hash).order_by("id")
    below = ("materials__files", "notices", "papers", "events")
    return [_copy(case) for case in rows.prefetch_related(*below)]


def _copy(case: models.Case) -> dict[str, Any]:
    return {
        **{name: getattr(case, name) for name in _PLAIN},
        "applicant": {
            "kind": case.applicant_kind,
            "id_kind": case.applicant_id_kind,
            **{name: _opened(case, name) for name in ("name", "id", "phone")},
        },
        "materials": [
            {
                "code": material.code,
                "name": material.name,
                "files": [
                    {
                        "filename": file.filename,
                        "size": file.size,
                        "sha256": file.sha256,
                        "added_at": file.added_at,
                    }
                    for file in material.files.all()
                ],
            }
            for material in sorted(case.materials.all(), key=lambda each: each.position)
        ],
        "notices": [
            {"issued_at": each.issued_at, "defects": each.defects, "answers": each.answers}
            for each in sorted(case.notices.all(), key=lambda each: each.number)
        ],
        "papers": [
            {"kind": each.kind, "number": each.number, "created_at": each.created_at}
            for each in sorted(case.papers.all(), key=lambda each: each.pk)
        ],
        "events": [
            {
                "name": each.name,
                "at": each.at_instant,
                "center": each.center_code,
                "data": rules.shown_data(each.data, to_staff=False),
            }
            for each in sorted(case.events.all(), key=lambda each: each.sequence)
        ],
    }


def _opened(case: models.Case, name: str) -> str | None:
    field = f"applicant_{name}"
    blob = getattr(case, f"{field}_sealed")
    return None if blob is None else sealing.open_sealed(blob, number=case.number, field=field)
