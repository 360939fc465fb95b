"""What a process takes from its environment: each variable is read here and nowhere else."""

import difflib
import math
import os
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit


class EnvironmentVariableError(RuntimeError):
    """A variable is missing or malformed; the text says which and what to do."""


PREFIX = "TONGBAN_"
HOME_VARIABLE = "TONGBAN_HOME"
"""Marks every process of an installation, so that the next start finds what a kill left behind."""

_read = {HOME_VARIABLE}


def refuse_unknown() -> None:
    """Refuse a variable of ours that nothing has read: a misspelt setting is not passed over.

    Raises: EnvironmentVariableError.
    """
    for name in sorted(os.environ):
        if name.startswith(PREFIX) and name not in _read:
            near = difflib.get_close_matches(name, sorted(_read), 1)
            meant = f"; did you mean {near[0]}?" if near else ""
            raise EnvironmentVariableError(f"{name} is no setting{meant}")


def known() -> frozenset[str]:
    """Return the variables that were read so far: after the settings are loaded, all there are."""
    return frozenset(_read)


def _text(name: str) -> str:
    _read.add(name)
    return os.environ.get(name, "")


def required(name: str, hint: str) -> str:
    """Return the variable ``name``. Raises: EnvironmentVariableError."""
    value = _text(name)
    if not value:
        raise EnvironmentVariableError(f"{name} is not set: {hint}")
    return value


def flag(name: str) -> bool:
    """Tell whether the variable ``name`` is switched on (``1``; ``0`` is off, as nothing is).

    Raises: EnvironmentVariableError.
    """
    text = _text(name)
    if text not in {"", "0", "1"}:
        raise EnvironmentVariableError(f"{name} is 1 or 0, not {text!r}")
    return text == "1"


def listed(name: str) -> list[str]:
    """Return a comma-separated variable as a list, empty where it is unset."""
    return [part.strip() for part in _text(name).split(",") if part.strip()]


@dataclass(frozen=True, slots=True)
class DatabaseUrl:
    """``postgresql://login:password@host:port/database?host=/socket/folder``, taken apart."""

    user: str
    password: str
    host: str
    port: str
    name: str
    options: dict[str, str]

    @classmethod
    def parse(cls, text: str) -> "DatabaseUrl":
        """Take a URL apart. Raises: EnvironmentVariableError."""
        parts = urlsplit(text)
        if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
            raise EnvironmentVariableError(
                "a database URL looks like postgresql://login:password@host:5432/database"
            )
        query = dict(parse_qsl(parts.query))
        return cls(
            user=unquote(parts.username or ""),
            password=unquote(parts.password or ""),
            host=query.pop("host", "") or (parts.hostname or ""),
            port=query.pop("port", "") or str(parts.port or ""),
            name=unquote(parts.path.strip("/")),
            options=query,
        )

    def as_django(self) -> dict[str, Any]:
        """Return the fields of a Django database setting."""
        return {
            "NAME": self.name,
            "USER": self.user,
            "PASSWORD": self.password,
            "HOST": self.host,
            "PORT": self.port,
            "OPTIONS": {**self.options, "server_side_binding": True, "prepare_threshold": 5},
        }


def optional(name: str, default: str) -> str:
    """Return the variable ``name``, or ``default`` where it is unset."""
    return _text(name) or default


def folder(name: str, default: Path) -> Path:
    """Return the folder that the variable ``name`` names, or ``default``."""
    return Path(_text(name) or default)


def address(name: str) -> str:
    """Return the variable ``name`` as an HTTP address, empty where it is unset.

    Raises: EnvironmentVariableError.
    """
    text = _text(name)
    parts = urlsplit(text)
    is_address = parts.scheme in {"http", "https"} and parts.hostname and "@" not in parts.netloc
    if text and not is_address:
        # What was set may hold a password, and this text goes to the log.
        raise EnvironmentVariableError(f"{name} is an address like https://host/path")
    return text


def scanner(name: str) -> str:
    """Return the variable ``name`` as a scanner's address, empty where it is unset.

    Raises: EnvironmentVariableError.
    """
    text = _text(name)
    parts = urlsplit(text)
    is_address = (parts.scheme == "clamd" and parts.hostname and not parts.path) or (
        parts.scheme == "unix" and parts.path.startswith("/")
    )
    if text and not is_address:
        raise EnvironmentVariableError(
            f"{name} is clamd://host:3310 or unix:/run/clamav/clamd.ctl, not {text!r}"
        )
    return text


def whole_number(name: str, default: int, *, least: int = 1, most: int | None = None) -> int:
    """Return the variable ``name`` as a number within bounds. Raises: EnvironmentVariableError."""
    text = _text(name) or str(default)
    is_number = text.isascii() and text.isdigit()
    if not is_number or int(text) < least or (most is not None and int(text) > most):
        until = "on" if most is None else f"to {most}"
        raise EnvironmentVariableError(
            f"{name} is a whole number from {least} {until}, not {text!r}"
        )
    return int(text)


def seconds(name: str, default: int) -> float:
    """Return the variable ``name`` as seconds above 0. Raises: EnvironmentVariableError."""
    found = _positive(optional(name, str(default)))
    if found is None:
        raise EnvironmentVariableError(f"{name} is a number of seconds above 0")
    return found


def rate(name: str, default: str) -> str:
    """Return the variable ``name`` as a rate: so many a second in the long run / at once.

    Raises: EnvironmentVariableError.
    """
    text = optional(name, default)
    per_second, _, burst = text.partition("/")
    if _positive(per_second) is None or (_positive(burst) or 0) < 1:
        raise EnvironmentVariableError(f"{name} is a rate like {default}, not {text!r}")
    return text


def _positive(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and number > 0 else None


def demonstration() -> bool:
    """Tell whether this is a demonstration. Raises: EnvironmentVariableError beside real data."""
    return _never_beside_real_data("TONGBAN_DEMO", "lets anybody sign in as anybody")


def development() -> bool:
    """Tell whether this is for development. Raises: EnvironmentVariableError beside real data."""
    return _never_beside_real_data("TONGBAN_DEBUG", "believes anybody's identity number")


def _never_beside_real_data(name: str, danger: str) -> bool:
    is_trial, is_real = flag(name), flag("TONGBAN_REAL_DATABASE")
    if is_trial and is_real:
        raise EnvironmentVariableError(f"{name}=1 {danger}: never beside TONGBAN_REAL_DATABASE=1")
    return is_trial


_LIST_KIND = re.compile(r"[a-z]+(?:_[a-z]+)*_list")
_LONGEST_LIST_KIND, _LONGEST_LIST_TITLE = 30, 40


def official_lists(name: str, default: str) -> dict[str, str]:
    """Return the four official lists (“四张清单”) that the variable ``name`` names: kind → title.

    It reads ``power_list=权力清单,…``; a kind ends with ``_list``, which no publication's does.
    Raises: EnvironmentVariableError.
    """
    pairs = [part.strip().partition("=") for part in optional(name, default).split(",")]
    lists = {kind.strip(): title.strip() for kind, _equals, title in pairs}
    fits = all(
        _LIST_KIND.fullmatch(kind)
        and len(kind) <= _LONGEST_LIST_KIND
        and 0 < len(title) <= _LONGEST_LIST_TITLE
        for kind, title in lists.items()
    )
    if not fits or len(pairs) != 4 or len(lists) != 4 or len(set(lists.values())) != 4:  # noqa: PLR2004  # 四张清单
        raise EnvironmentVariableError(
            f"{name} names four different lists as power_list=权力清单,negative_list=负面清单,…"
        )
    return lists
