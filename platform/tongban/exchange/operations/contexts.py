"""Where an address lies: a center's tenant schema, or the shared schema."""

from contextlib import AbstractContextManager

from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.transactions import PLATFORM
from tongban.registry import queries as registry


def context_of(code: str) -> AbstractContextManager[None]:
    """Return the context of an address: a center's, or the platform's."""
    if code == PLATFORM:
        return shared_context(SharedRole.PLATFORM)
    return center_context(registry.resolve_center(code).code)
