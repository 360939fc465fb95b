"""Where sealed data of people are opened, and on what it leaves: a new place has to say so here."""

import ast
from pathlib import Path

from schema.root import schema

ROOT = Path(__file__).parents[2]
OPENED = {
    # To somebody who asked: with a purpose, or for the person alone, and always audited.
    "cases/operations/reveal.py:_opened": "revealField: purpose, audit entry, rate",
    "privacy/operations/answering.py:_value": "revealRequestedValue: the same",
    "privacy/operations/answering.py:_presented": "the same, of who asked at a window",
    "privacy/operations/copying.py:_presented": "a copy of the own data: as below",
    "cases/queries/copies.py:_opened": "a copy of the own data: each download is audited",
    # Into a document that names its holder: opening it is audited where staff do it.
    "cases/adapters/results.py:certificate": "the certificate: the holder's name",
    # To send something to the person; it is sealed again, or leaves for the gateway.
    "cases/operations/announcing.py:announce": "the phone of a message, sealed with the message",
    "privacy/operations/answering.py:_phone": "the phone of a message, sealed with the message",
    "messages/operations/sending.py:_phone_of": "the phone for the gateway",
}
"""Function that opens what is sealed of a person in a center → what for."""


def openings() -> set[str]:
    """Return the functions of centers' features that open something sealed."""
    found = set()
    for path in (ROOT / "tenants").rglob("*.py"):
        if path.name == "sealing.py":
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                isinstance(each, ast.Attribute) and each.attr in {"open_sealed", "open_presented"}
                for each in ast.walk(node)
            ):
                found.add(f"{path.relative_to(ROOT / 'tenants')}:{node.name}")
    return found


def test_what_is_sealed_is_opened_nowhere_else():
    assert openings() == set(OPENED)


def test_whatever_reveals_asks_for_a_purpose():
    fields = schema._schema.mutation_type.fields
    revealing = {name for name in fields if name.startswith("reveal")}
    assert revealing == {"revealField", "revealRequestedValue"}
    for name in revealing:
        purpose = fields[name].args["input"].type.of_type.fields["purpose"]
        assert str(purpose.type) == "String!"
