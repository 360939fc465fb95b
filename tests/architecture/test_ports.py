"""What is sent or scheduled somewhere is handled somewhere, and nothing is handled in vain."""

import ast
import importlib
from collections.abc import Iterator
from functools import reduce
from pathlib import Path

from tongban.kernel import ports

PROJECT = Path(__file__).resolve().parents[2]


def modules() -> Iterator[tuple[str, ast.Module]]:
    for base, folder in ((PROJECT / "platform", "tongban"), (PROJECT, "tenants")):
        for path in sorted((base / folder).rglob("*.py")):
            name = ".".join(path.relative_to(base).with_suffix("").parts)
            yield name, ast.parse(path.read_text())


def kinds(method: str, *, beside: str) -> set[str]:
    """Return the values of ``kind`` in calls of ``method`` that also name ``beside``."""
    found = set()
    for name, tree in modules():
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
                continue
            named = {keyword.arg: keyword.value for keyword in node.keywords}
            if node.func.attr == method and {"kind", beside} <= set(named):
                found.add(value_of(named["kind"], name))
    return found


def value_of(expression: ast.expr, module: str) -> str:
    """Return a literal, or the constant that a (dotted) name stands for in ``module``."""
    if isinstance(expression, ast.Constant):
        return str(expression.value)
    dotted = ast.unparse(expression).split(".")
    return str(reduce(getattr, dotted, importlib.import_module(module)))


def test_every_message_that_is_sent_has_a_handler_and_the_reverse():
    assert kinds("send", beside="destination") == set(ports.inbox_handlers)


def test_every_timer_that_is_set_has_a_handler_and_the_reverse():
    assert kinds("schedule", beside="fires_at") == set(ports.timer_handlers)
