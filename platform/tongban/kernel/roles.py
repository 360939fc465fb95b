"""Names of database logins, roles and schemas.

Roles are cluster-wide in PostgreSQL, so every name begins with the instance: the prefix of the
login that the process connects with (``tb1a2b_app`` belongs to instance ``tb1a2b``).
"""

import re

from django.conf import settings

TEMPLATE_SCHEMA = "center_template"
_CENTER = re.compile(r"[0-9]{6}([0-9]{3})?")


def instance() -> str:
    """Return the instance that this process belongs to."""
    login: str = settings.DATABASES["default"]["USER"]
    return login.rsplit("_", 1)[0]


def app_login(of: str | None = None) -> str:
    """Name the login of web, live and worker: it owns and inherits nothing."""
    return f"{of or instance()}_app"


def provisioner_login(of: str | None = None) -> str:
    """Name the login that creates and migrates schemas."""
    return f"{of or instance()}_provisioner"


def shared(role: str, of: str | None = None) -> str:
    """Name a role of the shared schema (``reader``, ``signin`` …)."""
    return f"{of or instance()}_{role}"


def shared_owner(of: str | None = None) -> str:
    """Name the role that owns the tables of the shared schema."""
    return f"{of or instance()}_owner"


def schema_name(code: str) -> str:
    """Name the tenant schema of center ``code`` (6 or 9 digits)."""
    if _CENTER.fullmatch(code) is None:
        raise ValueError(f"not a center code: {code!r}")
    return f"c{code}"


def center_data(code: str) -> str:
    """Name the role in which a center's work is done: it owns nothing."""
    return f"{instance()}_{schema_name(code)}"


def schema_owner(schema: str) -> str:
    """Name the role that owns the tables of a tenant schema."""
    return f"{instance()}_{schema}_owner"
