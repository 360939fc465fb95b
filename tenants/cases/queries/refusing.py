"""The refusal of an action on a case."""

from typing import Any

from tenants.cases import errors, models
from tenants.cases.states import STATE_TEXTS, State, permits
from tongban.kernel.errors import DomainError


def require_state(case: models.Case, action: str) -> None:
    """Raise the action's refusal unless the state of the case permits it."""
    if not permits(case.state, action):
        raise not_allowed(action, case, "STATE")


def not_allowed(action: str, case: models.Case, reason: str, **said: Any) -> DomainError:
    """Return the refusal of an action on the case, for a reason of ``errors.BECAUSE``.

    ``said`` is what the reason's text names besides.
    """
    return errors.NOT_ALLOWED[action](
        state=case.state,
        state_text=STATE_TEXTS[State(case.state)],
        owner=case.owner_code,
        reason=reason,
        **said,
    )
