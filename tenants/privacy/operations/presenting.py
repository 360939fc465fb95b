"""Who stands at a window and asks about their own data: recorded as intake records an applicant."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.cases.operations import applicants, consents, parties
from tenants.cases.operations.applicants import CheckedApplicant
from tenants.cases.rules import Agreement, ApplicantKind, SealedField
from tenants.privacy import errors, policies, rules
from tenants.privacy.adapters import sealing
from tenants.privacy.operations import texts
from tenants.staff.rules import Membership
from tongban.kernel import personal


@dataclass(frozen=True, slots=True)
class CheckedPresented:
    """Who stands at a window, in canonical form."""

    person: CheckedApplicant
    consent: Agreement
    deed: str

    def as_canonical(self) -> dict[str, Any]:
        """Return what identifies this in an idempotency record: numbers by their hash."""
        return {
            "applicant": self.person.as_canonical(),
            "notice": self.consent.notice,
            "is_texted": self.is_texted,
            "deed": self.deed,
        }

    @property
    def is_texted(self) -> bool:
        """Whether the person is told of the answer by text message: they agreed, and gave one."""
        return self.consent.text_messages is True and bool(self.person.phone)

    def as_columns(self, membership: Membership | None) -> dict[str, Any]:
        """Return the columns that say who asks, and who enters it.

        Raises: DataRequestNotAllowedError where the actor sits at no window.
        """
        if membership is None or not policies.may_enter(membership):
            raise errors.DataRequestNotAllowedError(reason="ROLE")
        person, agent = self.person, self.person.agents.get("handler")
        sealed = {
            SealedField.APPLICANT_NAME: person.name,
            SealedField.APPLICANT_ID_NUMBER: person.id_number,
            SealedField.APPLICANT_PHONE: person.phone,
        }
        if agent is not None:
            sealed |= {
                SealedField.HANDLER_NAME: agent.name,
                SealedField.HANDLER_ID_NUMBER: agent.id_number,
                SealedField.HANDLER_PHONE: agent.phone,
            }
        return {
            "requester_hash": person.id_hash,
            "requester_name_masked": person.name_masked,
            "presented_sealed": sealing.seal_presented(sealed, person=person.id_hash),
            "counter": {
                "by": parties.staff(membership).as_json(),
                "id_kind": person.id_kind,
                "id_number": personal.mask_id(person.id_kind, person.id_number),
                "phone": personal.mask_phone(person.phone) if person.phone else "",
                "notice": self.consent.notice,
                "is_texted": self.is_texted,
                "agent": agent.as_masked("handler") if agent else None,
                "deed": self.deed,
            },
        }


def check(presented: rules.Presented, *, now: datetime) -> CheckedPresented:
    """Return who stands at a window in canonical form, without a look at what there is of them.

    Raises: DataRequestNotAllowedError for an organization, without a notice, and for somebody who
    acts for the person without document and deed; DataRequestTextError; ApplicantInvalidError;
    NoticeUnknownError.
    """
    said = presented.applicant
    if said.kind is not ApplicantKind.NATURAL or said.representative is not None:
        raise errors.DataRequestNotAllowedError(reason="PERSON")
    person = applicants.check(said, now=now)
    consent = consents.checked(presented.consent)
    if consent is None:
        raise errors.DataRequestNotAllowedError(reason="CONSENT")
    deed = texts.checked(presented.deed, path="deed")
    agent = person.agents.get("handler")
    if (agent is not None) != bool(deed) or (agent is not None and not agent.id_number):
        raise errors.DataRequestNotAllowedError(reason="AGENT")
    return CheckedPresented(person, consent, deed)
