"""Whether an application may be handed in: by whom, for whom, where, with which materials."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.cases import errors, models, policies, queries, rules
from tenants.cases.operations import choices, commitments, parties, routing
from tenants.cases.operations.applicants import CheckedApplicant
from tenants.cases.operations.incoming import Examined
from tenants.staff.rules import CenterRole, Membership
from tongban.catalog.rules.content import Material, Necessity
from tongban.catalog.rules.snapshot import OfferingSnapshot
from tongban.exchange import queries as exchange
from tongban.kernel import calendar, context
from tongban.kernel.actors import Actor
from tongban.kernel.personal import IdKind


@dataclass(frozen=True, slots=True)
class Application:
    """An application that may be handed in: checked, routed, not yet numbered."""

    request: rules.SubmitRequest
    applicant: CheckedApplicant
    membership: Membership | None
    is_own: bool
    form: dict[str, Any]
    route: exchange.Route
    offering: OfferingSnapshot
    """What the owner offers, under the variant and the answers that were chosen."""
    draft: models.Case | None
    provisional_number: str
    """Canonical; empty where it came in by the line."""
    digest: str
    """Of what came in, to tell whether a provisional number comes again with the same."""

    @property
    def channel(self) -> rules.Channel:
        """How it came in: nobody else than a window can say that it came over a counter."""
        asked = self.request.channel
        if self.is_own:
            return asked if asked in rules.OWN_CHANNELS else rules.Channel.ONLINE
        if asked is not None:
            return asked
        is_clerk = self.membership is not None and self.membership.has(CenterRole.CLERK)
        return rules.Channel.COUNTER if is_clerk else rules.Channel.STATION


def admit(
    actor: Actor,
    request: rules.SubmitRequest,
    applicant: CheckedApplicant,
    form: dict[str, Any],
    *,
    provisional_number: str,
    digest: str,
    now: datetime,
) -> Application:
    """Return the application as it may be handed in by the actor, with its route.

    Raises: CaseSubmitNotAllowedError, the errors of ``choices.choose`` and ``routing.route_of``;
    for a draft to go on with also CaseNotFoundError and ApplicantInvalidError.
    """
    membership = queries.membership_of(actor)
    is_own = actor.real_name and actor.applicant_hash == applicant.id_hash
    reason = policies.why_not_apply(
        membership,
        has_real_name=actor.real_name,
        # What was verified is a person: the number does not make its holder an organization.
        is_own_number=is_own and applicant.id_kind is IdKind.RESIDENT_ID,
    )
    if not reason and request.hold_for_review and not policies.may_hold(membership, is_own=is_own):
        reason = "ROLE"
    if reason:
        raise errors.CaseSubmitNotAllowedError(reason=reason)
    draft = _draft(actor, membership, request, applicant) if request.draft_number else None
    route = routing.route_of(request, calendar.local_day(now))
    return Application(
        request=request,
        applicant=applicant,
        membership=membership,
        is_own=is_own,
        form=form,
        route=route,
        offering=choices.choose(
            route.offering,
            variant=request.variant,
            answers=request.answers,
            is_draft=request.as_draft,
        ),
        draft=draft,
        provisional_number=provisional_number,
        digest=digest,
    )


def _draft(
    actor: Actor,
    membership: Membership | None,
    request: rules.SubmitRequest,
    applicant: CheckedApplicant,
) -> models.Case:
    case = queries.access_as(actor, membership, request.draft_number, lock=True)
    refusal = queries.refusal(actor, membership, case, "submit_case")
    if refusal is not None:
        raise refusal
    if bytes(case.applicant_id_hash) != applicant.id_hash or (
        case.matter_code != request.matter_code
    ):
        raise errors.ApplicantInvalidError(
            path=("draftNumber",), field="draftNumber", reason="OTHER_APPLICATION"
        )
    return case


def party(application: Application) -> rules.Party:
    """Return who hands the application in, as its events show it."""
    if application.is_own or application.membership is None:
        return rules.Party(
            role="applicant",
            name=application.applicant.name_masked,
            center_code=context.current_center(),
        )
    return parties.staff(application.membership)


def listed_materials(application: Application, examined: Examined) -> list[dict[str, Any]]:
    """Return every material that applies as events list them, without files.

    Raises: MaterialUnknownError; MaterialMissingError for required ones that nothing came for.
    """
    asked_for = application.offering.materials
    codes = [material.code for material in asked_for]
    for code in examined:
        if code not in codes:
            raise errors.MaterialUnknownError(path=("materials",), material=code)
    _require_materials(application, asked_for, examined)
    return [
        {
            "code": material.code,
            "name": material.name,
            "necessity": material.necessity.value,
            "source": material.source.value,
            "position": position,
        }
        for position, material in enumerate(asked_for, start=1)
    ]


def _require_materials(
    application: Application, asked_for: Sequence[Material], examined: Examined
) -> None:
    request = application.request
    if request.as_draft or request.hold_for_review:
        return
    there = _there(application, examined) | set(request.commitments)
    missing = [
        material
        for material in asked_for
        if material.necessity is Necessity.REQUIRED and material.code not in there
    ]
    if missing:
        raise errors.MaterialMissingError(
            path=("materials",),
            materials=[material.code for material in missing],
            names="、".join(material.name for material in missing),
        )


def to_commit(application: Application, examined: Examined) -> list[Material]:
    """Return the materials that are committed to (告知承诺).

    Raises: CommitmentNotAllowedError for a draft, and as ``commitments.checked``.
    """
    request = application.request
    if request.as_draft and request.commitments:
        names = "、".join(request.commitments)
        raise errors.CommitmentNotAllowedError(path=("materials",), name=names, reason="DRAFT")
    return commitments.checked(
        application.offering,
        request.commitments,
        applicant_hash=application.applicant.id_hash,
        there=_there(application, examined),
    )


def _there(application: Application, examined: Examined) -> set[str]:
    """Return the codes of the materials of which a file came, now or with the draft."""
    there = {code for code, found in examined.items() if found}
    if application.draft is not None:
        kept = queries.materials_there(application.draft)
        there |= set(kept.values_list("code", flat=True))
    return there
