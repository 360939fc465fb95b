"""Payloads of mutations: the changed object, and the domain's refusals as typed errors.

A feature declares its errors once (``REGISTRY = payloads.error_type("Registry", errors)``); each
payload carries ``errors: list[Fault] = payloads.errors_field(REGISTRY)``, and each resolver stands
under ``@payloads.mutation``, which turns a ``DomainError`` into an entry of that list. Whatever is
no rule of the trade goes through to the top-level mapper.
"""

import functools
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, EnumMeta
from types import ModuleType
from typing import Annotated, Any, TypeVar

import strawberry
from strawberry.scalars import JSON
from strawberry.utils.str_converters import to_camel_case

from schema import errors
from schema.context import Info
from tongban.kernel.errors import (
    DomainError,
    IdempotencyKeyReusedError,
    RequestError,
    StaleVersionError,
)

IDEMPOTENCY_KEY = "A UUID made once per intention: a repeat answers with the same object."
"""The description of every input's ``idempotencyKey``."""

KERNEL_ERRORS = (IdempotencyKeyReusedError, StaleVersionError)
"""Refusals that any feature's operation may give."""

Resolver = TypeVar("Resolver", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Fault:
    """One refusal as it stands in a payload, whatever the feature."""

    code: str
    message: str
    path: list[str]
    params: Any


def fault_of(error: DomainError, language: str) -> Fault:
    """Render a refusal in ``language``; names in its path and params become camelCase."""
    return Fault(
        code=error.code,
        message=error.message(language),
        path=[to_camel_case(part) if isinstance(part, str) else str(part) for part in error.path],
        params=errors.params_of(error),
    )


def declared_errors(source: ModuleType) -> list[type[DomainError]]:
    """List the refusals that an ``errors`` module or folder declares, in the order it has them."""
    return [
        value
        for value in vars(source).values()
        if isinstance(value, type)
        and issubclass(value, DomainError)
        and not issubclass(value, RequestError)
        and f"{value.__module__}.".startswith(f"{source.__name__}.")
        and hasattr(value, "code")  # a common base of refusals has none
    ]


def error_type(feature: str, *sources: ModuleType) -> type:
    """Return the GraphQL type ``<feature>Error`` with its enum of codes.

    ``sources`` are the ``errors`` modules whose refusals the feature's mutations can give: its
    own first, then those of features that its operations call.
    """
    declared = [error for source in sources for error in declared_errors(source)]
    code = _code_enum(f"{feature}ErrorCode", [*declared, *KERNEL_ERRORS])
    fields: dict[str, tuple[Any, str]] = {
        "code": (code, "The stable name of the refusal; a program branches on it."),
        "message": (str, "The text for people, in the language of the request."),
        "path": (list[str], "Where in `input` the fault lies; empty when it is no single place."),
        "params": (JSON, "The particulars as an object, for programs; empty when there are none."),
    }
    body: dict[str, Any] = {
        name: strawberry.field(description=description)
        for name, (_type, description) in fields.items()
    }
    body["__annotations__"] = {name: kind for name, (kind, _description) in fields.items()}
    body["__module__"] = __name__
    return strawberry.type(
        type(f"{feature}Error", (), body),
        description=f"A rule of {feature.lower()} that refused the mutation; nothing was changed.",
    )


def _code_enum(name: str, declared: Iterable[type[DomainError]]) -> Any:
    members = {
        error.code: strawberry.enum_value(
            error.code,
            description=f"{error.message_zh} / {error.message_en}",
        )
        for error in declared
    }
    values: EnumMeta = Enum(name, members)  # type: ignore[misc] # its names come from the errors
    return strawberry.enum(
        values,
        description="What refused the mutation, with the texts for people (zh-Hans / en).",
    )


def errors_field(of: type) -> Any:
    """Return the field ``errors`` of a payload, whose entries are of the feature's error type."""
    return strawberry.field(
        graphql_type=list[of],  # type: ignore[valid-type] # the type is made per feature
        default_factory=list,
        description="Why nothing was changed; empty on success.",
    )


def mutation(*, description: str) -> Callable[[Resolver], Any]:
    """Make a resolver a mutation that answers a refusal in its payload's ``errors``.

    The payload is the resolver's return annotation; all its fields have defaults.
    """

    def decorate(resolver: Resolver) -> Any:
        payload = resolver.__annotations__["return"]
        if "input" in resolver.__annotations__:
            resolver.__annotations__["input"] = Annotated[
                resolver.__annotations__["input"],
                strawberry.argument(description="What the mutation needs to know."),
            ]

        @functools.wraps(resolver)
        def resolve(self: Any, info: Info, **arguments: Any) -> Any:
            try:
                return resolver(self, info, **arguments)
            except RequestError:
                raise
            except DomainError as error:
                return payload(errors=[fault_of(error, info.context.language)])

        return strawberry.mutation(resolve, description=description)

    return decorate
