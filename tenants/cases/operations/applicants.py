"""Who applies: checked, matched by keyed hash, stored sealed and masked."""

import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tenants.cases import errors, rules
from tenants.cases.adapters import sealing
from tenants.cases.operations import texts
from tongban.identity import queries as identity
from tongban.kernel import calendar, crypto, personal
from tongban.kernel.personal import IdKind

_KINDS = {
    rules.ApplicantKind.LEGAL: frozenset({IdKind.CREDIT_CODE, IdKind.OTHER}),
    rules.ApplicantKind.NATURAL: frozenset({IdKind.RESIDENT_ID, IdKind.PASSPORT, IdKind.OTHER}),
}


@dataclass(frozen=True, slots=True)
class CheckedAgent:
    """A representative or handler in canonical form."""

    name: str
    id_kind: IdKind | None
    id_number: str
    phone: str

    def as_sealed(self) -> dict[str, str]:
        return {
            "name": self.name,
            "id_kind": self.id_kind.value if self.id_kind else "",
            "id_number": self.id_number,
            "phone": self.phone,
        }

    def as_masked(self, role: str) -> dict[str, str]:
        return {
            "role": role,
            "name": personal.mask_name(self.name),
            "id_kind": self.id_kind.value if self.id_kind else "",
            "id_number": personal.mask_id(self.id_kind, self.id_number) if self.id_kind else "",
            "phone": personal.mask_phone(self.phone) if self.phone else "",
        }


@dataclass(frozen=True, slots=True)
class CheckedApplicant:
    """An applicant in canonical form, with the hash by which the person's cases are found."""

    kind: rules.ApplicantKind
    name: str
    id_kind: IdKind
    id_number: str
    id_hash: bytes
    phone: str
    agents: dict[str, CheckedAgent]

    @property
    def name_masked(self) -> str:
        """The name as it may be shown: an organization's is public."""
        return masked_name(self.kind, self.name)

    def as_canonical(self) -> dict[str, Any]:
        """Return what identifies this input in an idempotency record: numbers by their hash."""
        return {
            "kind": self.kind,
            "name": self.name,
            "id_kind": self.id_kind,
            "id": self.id_hash,
            "phone": identity.phone_hash(self.phone) if self.phone else "",
            "agents": {
                role: identity.number_hash(crypto.canonical_json(agent.as_sealed()).decode())
                for role, agent in self.agents.items()
            },
        }

    def as_columns(self, number: str) -> dict[str, Any]:
        """Return the columns of the case with this number that keep the applicant."""
        agents = {role: agent.as_sealed() for role, agent in self.agents.items()}
        return {
            "applicant_kind": self.kind.value,
            "applicant_name_sealed": sealing.seal(self.name, number=number, field="applicant_name"),
            "applicant_name_masked": self.name_masked,
            "applicant_id_kind": self.id_kind.value,
            "applicant_id_sealed": sealing.seal(
                self.id_number, number=number, field="applicant_id"
            ),
            "applicant_id_hash": self.id_hash,
            "applicant_id_masked": personal.mask_id(self.id_kind, self.id_number),
            "applicant_phone_sealed": sealing.seal(
                self.phone, number=number, field="applicant_phone"
            )
            if self.phone
            else None,
            "applicant_phone_masked": personal.mask_phone(self.phone) if self.phone else "",
            "agents_sealed": sealing.seal(
                crypto.canonical_json(agents).decode(), number=number, field="agents"
            )
            if agents
            else None,
            "agents": [agent.as_masked(role) for role, agent in self.agents.items()],
        }


def masked_name(kind: rules.ApplicantKind, name: str) -> str:
    """Return a name as it may be shown: a person's masked, an organization's in full."""
    if kind is rules.ApplicantKind.NATURAL:
        return personal.mask_name(name)[: rules.LONGEST_MASKED_NAME]
    if len(name) > rules.LONGEST_MASKED_NAME:
        return f"{name[: rules.LONGEST_MASKED_NAME - 1]}…"
    return name


def check(applicant: rules.Applicant, *, now: datetime) -> CheckedApplicant:
    """Return the applicant in canonical form.

    Raises: ApplicantInvalidError that names the field and what is wrong with it.
    """
    if applicant.id_kind not in _KINDS[applicant.kind]:
        raise _invalid("idKind", "KIND")
    id_number = _number(applicant.id_kind, applicant.id_number, now, ("idNumber",))
    agents = {
        role: _agent(agent, now, role)
        for role, agent in (
            ("representative", applicant.representative),
            ("handler", applicant.handler),
        )
        if agent is not None
    }
    return CheckedApplicant(
        kind=applicant.kind,
        name=checked_name(applicant.name, ("name",)),
        id_kind=applicant.id_kind,
        id_number=id_number,
        id_hash=identity.number_hash(id_number),
        phone=checked_phone(applicant.phone, ("phone",)),
        agents=agents,
    )


def _agent(agent: rules.Agent, now: datetime, role: str) -> CheckedAgent:
    if bool(agent.id_number.strip()) != (agent.id_kind is not None):
        raise _invalid(role, "idKind", "KIND")
    return CheckedAgent(
        name=checked_name(agent.name, (role, "name")),
        id_kind=agent.id_kind,
        id_number=_number(agent.id_kind, agent.id_number, now, (role, "idNumber"))
        if agent.id_kind
        else "",
        phone=checked_phone(agent.phone, (role, "phone")),
    )


def checked_name(text: str, path: tuple[str, ...]) -> str:
    """Return a name in canonical form. Raises: ApplicantInvalidError."""
    name = " ".join(unicodedata.normalize("NFKC", text).split())
    if not name:
        raise _invalid(*path, "EMPTY")
    if len(name) > rules.LONGEST_NAME:
        raise _invalid(*path, "LENGTH")
    # What nobody sees turns a name around, or makes two of one.
    is_hidden = any(unicodedata.category(character) == "Cf" for character in name)
    if is_hidden or not texts.is_printable(name):
        raise _invalid(*path, "CHARACTER")
    return name


def _number(kind: IdKind, text: str, now: datetime, path: tuple[str, ...]) -> str:
    try:
        return personal.normalize_id(kind, text, today=calendar.local_day(now))
    except personal.IdentifierError as error:
        raise _invalid(*path, error.reason.value) from None


def checked_phone(text: str, path: tuple[str, ...]) -> str:
    """Return a phone number as E.164, or "" for none. Raises: ApplicantInvalidError."""
    if not text.strip():
        return ""
    try:
        return personal.normalize_phone(text)
    except personal.IdentifierError as error:
        raise _invalid(*path, error.reason.value) from None


def _invalid(*path_and_reason: str) -> errors.ApplicantInvalidError:
    *path, reason = path_and_reason
    return errors.ApplicantInvalidError(
        path=("applicant", *path), field=".".join(path), reason=reason
    )
