"""Where an application goes, and the trace of one that is on nobody's list."""

from datetime import date, datetime

from tenants.cases import rules
from tongban.catalog import errors as catalog_errors
from tongban.exchange import errors as exchange_errors
from tongban.exchange import queries as exchange
from tongban.kernel import context
from tongban.kernel.actors import Actor
from tongban.kernel.transactions import unit_of_work
from tongban.registry import queries as registry

_CODE_DIGITS = 12


def route_of(request: rules.SubmitRequest, day: date) -> exchange.Route:
    """Return how an application that is handed in here reaches who must decide it.

    Raises: NotOnListError where nobody competent offers the matter, AddressUnknownError, and as
    ``exchange.queries.explain_route``.
    """
    matter, address = request.matter_code, request.address_division
    if not _is_code(matter):
        raise _not_on_list(matter)
    if address and not _is_code(address):
        raise exchange_errors.AddressUnknownError(path=("addressDivision",), code=address)
    try:
        return exchange.explain_route(
            center_code=context.current_center(),
            matter_code=matter,
            address_division=address,
            day=day,
        )
    except exchange_errors.MatterNotOfferedError:
        raise _not_on_list(matter) from None


def _not_on_list(matter: str) -> catalog_errors.NotOnListError:
    here = registry.name_of(context.current_center())
    return catalog_errors.NotOnListError(path=("matter",), center=here, matter=matter[:40])


def _is_code(text: str) -> bool:
    return len(text) == _CODE_DIGITS and text.isascii() and text.isdigit()


def keep_refusal(actor: Actor, error: catalog_errors.NotOnListError, *, now: datetime) -> None:
    """Leave the audit entry of an application for an unlisted matter, which was rolled back.

    清单之外无审批: who tries nevertheless is seen. What was typed is kept only where it is a code,
    since anything else may be about a person.
    """
    matter = str(error.params["matter"])
    with unit_of_work() as work:
        work.audit_action(
            actor=actor,
            action="case.submit_refused",
            object_type="matter",
            object_key=matter if _is_code(matter) else "",
            at=now,
            data={"code": error.code},
        )
