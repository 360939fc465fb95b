"""Every mutation leaves a line in the audit log: what somebody changes is told there."""

import ast
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDERS = sorted(
    folder
    for base in (ROOT / "platform" / "tongban", ROOT / "tenants")
    for folder in base.glob("*/operations")
)
REFUSED = frozenset({"_keep"})
"""What tells of refused attempts only, and so of no change."""
Functions = Mapping[str, Sequence[ast.FunctionDef]]


def functions(folders: Sequence[Path]) -> Functions:
    """Return the functions and methods of operations by name."""
    found = defaultdict(list)
    for folder in folders:
        for path in sorted(folder.rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.FunctionDef):
                    node.file = str(path)  # type: ignore[attr-defined]
                    found[node.name].append(node)
    return found


def called(node: ast.AST) -> Iterator[str]:
    """Yield the names of whatever is called in a function."""
    for each in ast.walk(node):
        if isinstance(each, ast.Call):
            found = each.func
            yield found.attr if isinstance(found, ast.Attribute) else getattr(found, "id", "")


def reaches(
    node: ast.FunctionDef, call: str, known: Functions, around: frozenset[str] = frozenset()
) -> bool:
    """Tell whether a function makes a call, itself or by functions of any feature's operations."""
    names = set(called(node)) - around
    return call in names or any(
        reaches(each, call, known, around | names)
        for name in names
        for each in meant(name, node, known)
    )


def meant(name: str, by: ast.FunctionDef, known: Functions) -> Sequence[ast.FunctionDef]:
    """Return the functions that a name means in a function: of its own file, else of any."""
    found = known.get(name, ())
    return [each for each in found if file_of(each) == file_of(by)] or found


def file_of(node: ast.FunctionDef) -> str:
    """Return where a function stands."""
    return getattr(node, "file", "")


def changing(folders: Sequence[Path], known: Functions) -> list[ast.FunctionDef]:
    """Return what somebody may ask for, at a time, and what then opens a unit of work."""
    return [
        node
        for nodes in functions(folders).values()
        for node in nodes
        if not node.name.startswith("_")
        and {"actor", "now"} <= {each.arg for each in node.args.kwonlyargs}
        and not any(getattr(each, "id", "") == "contextmanager" for each in node.decorator_list)
        and reaches(node, "unit_of_work", known)
    ]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.parent.name)
def test_what_somebody_changes_is_in_the_audit_log(folder):
    known = functions(FOLDERS)
    silent = {
        node.name
        for node in changing([folder], known)
        if not reaches(node, "audit_action", known, REFUSED)
    }
    assert silent == set()


def test_the_search_finds_operations_and_silence():
    known = functions(FOLDERS)
    assert len(changing(FOLDERS, known)) > 80
    (quiet,) = ast.parse("def change(*, actor):\n    with unit_of_work():\n        pass\n").body
    assert isinstance(quiet, ast.FunctionDef)
    assert not reaches(quiet, "audit_action", known)
    (refusing,) = ast.parse("def change(*, actor):\n    with watched():\n        pass\n").body
    assert isinstance(refusing, ast.FunctionDef)
    assert reaches(refusing, "audit_action", known)
    assert not reaches(refusing, "audit_action", known, REFUSED)
