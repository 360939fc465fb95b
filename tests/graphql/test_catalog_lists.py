"""Lists of the catalog with all that can be selected: as many queries for twenty as for two."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.test.utils import CaptureQueriesContext
from graphql import GraphQLError, get_named_type, is_composite_type, is_required_argument

from schema.root import schema
from schema.versioned import is_marked
from tests.database import SET_UP
from tests.graphql.client import execute
from tests.isolation import documents
from tests.operations.test_catalog_version import SHOWN
from tests.people import NOW
from tongban.catalog import models
from tongban.kernel.context import SharedRole, shared_context
from tongban.kernel.errors import DomainError

ROOTS: dict[str, Any] = {
    name: field for name, field in documents.CORE.query_type.fields.items() if is_marked(field)
}
LISTS = [
    name for name, field in ROOTS.items() if str(field.type).rstrip("!").endswith("Connection")
]
DEPTHS = (6, 5, 4, 3, 2, 1)

DAY = date(2026, 1, 1)
OF_COUNTY = {"issuer_code": "371402000000", "published_at": NOW, "published_by": "x"}


def _directories(*kinds: str) -> None:
    with shared_context(SharedRole.CATALOG):
        models.Directory.objects.bulk_create(
            models.Directory(
                **OF_COUNTY, kind=kind, version=version, title="清单", status="published",
                effective_from=DAY + timedelta(days=version), edited_at=NOW, edited_by="x",
                entries=[{"code": "1", "name": "一项", "department": "局", "basis": "法"}],
                entry_count=1, entry_codes={"1": "01"},
            )
            for kind in kinds for version in range(1, 21)
        )  # fmt: skip


def _standards() -> None:
    with shared_context(SharedRole.CATALOG):
        models.WorkStandard.objects.bulk_create(
            models.WorkStandard(
                **OF_COUNTY, number=f"Q/{number:02}", version=1, title="窗口服务规范",
                category="服务提供", text="一、…", effective_from=DAY,
            )
            for number in range(20)
        )  # fmt: skip
        models.StandardsAcceptance.objects.bulk_create(
            models.StandardsAcceptance(
                issuer_code="371402000000", accepted_on=DAY + timedelta(days=day), level="国家级",
                authority="国家标准化管理委员会", result="通过", standard_count=20,
                recorded_at=NOW, recorded_by="x",
            )
            for day in range(20)
        )  # fmt: skip


def _rounds() -> None:
    with shared_context(SharedRole.CATALOG):
        models.CleanupRound.objects.bulk_create(
            models.CleanupRound(
                issuer_code="371402000000", number=number, title="清理", basis="鲁政发〔2026〕1号",
                status="closed", opened_at=NOW, opened_by="x", closed_at=NOW, closed_by="x",
            )
            for number in range(1, 21)
        )  # fmt: skip


def _releases() -> None:
    with shared_context(SharedRole.CATALOG):
        models.Release.objects.bulk_create(
            models.Release(
                **OF_COUNTY, number=number, kind="revisions", title="调整", status="reached",
                effective_from=DAY + timedelta(days=number),
            )
            for number in range(1, 21)
        )  # fmt: skip


def _preconditions() -> None:
    with shared_context(SharedRole.CATALOG):
        models.CancelledPrecondition.objects.bulk_create(
            models.CancelledPrecondition(
                issuer_code="371402000000", matter_code=SET_UP,
                precondition_code=f"3701101002{number:02}", basis="鲁政发〔2026〕1号",
                cancelled_on=DAY, cancelled_by="x",
            )
            for number in range(20)
        )  # fmt: skip


FILLED: dict[str, Callable[[], None]] = {
    "directories": lambda: _directories("approvals"),
    "officialLists": lambda: _directories("power_list"),
    "workStandards": _standards,
    "standardsAcceptances": _standards,
    "rounds": _rounds,
    "releases": _releases,
    "cancelledPreconditions": _preconditions,
}
"""What makes twenty entries of a list, where the starter catalog has none."""


def selection(kind: Any, depth: int, around: tuple[str, ...] = ()) -> str:
    """Select all that takes no argument, objects ``depth`` deep, each type once on the way down."""
    named: Any = get_named_type(kind)
    if not is_composite_type(named):
        return ""
    chosen = []
    fields: dict[str, Any] = getattr(named, "fields", {})
    for name, field in fields.items():
        inner = get_named_type(field.type)
        if any(is_required_argument(argument) for argument in field.args.values()):
            continue
        if is_composite_type(inner) and (not depth or inner.name in (*around, named.name)):
            continue
        chosen.append(f"{name} {selection(inner, depth - 1, (*around, named.name))}")
    return f"{{ {' '.join(chosen) or '__typename'} }}"


def affordable(documents_: Iterator[str]) -> str:
    """Return the first of the documents that the limits let through for twenty."""
    for text in documents_:
        try:
            document = schema.documents.prepare(text)
            operation = document.operation(None)
            if document.price(operation, {"first": 20}) <= 20_000:
                return text
        except (DomainError, GraphQLError):
            continue
    raise AssertionError("nothing is within the limits")


def pages() -> Iterator[Any]:
    for root in LISTS:
        connection_: Any = get_named_type(ROOTS[root].type)
        edge: Any = get_named_type(connection_.fields["edges"].type)
        node: Any = get_named_type(edge.fields["node"].type)
        for field, of_node in node.fields.items():
            if any(is_required_argument(argument) for argument in of_node.args.values()):
                continue  # it is not part of what a list selects by itself
            yield pytest.param(root, node, field, id=f"{root}.{field}")


@pytest.mark.parametrize(("root", "node", "field"), list(pages()))
def test_a_list_takes_as_many_queries_for_twenty_as_for_two(db, root, node, field):
    FILLED.get(root, lambda: None)()
    args = ROOTS[root].args
    of_node = node.fields[field]
    takes_issuer = is_required_argument(args["issuer"]) if "issuer" in args else False
    needed = 'issuer: "371402000000", ' if takes_issuer else ""
    text = affordable(
        f"query ($first: Int!) {{ {root}({needed}first: $first) {{ totalCount edges {{ cursor node"
        f" {{ {field} {selection(of_node.type, depth, (node.name,))} }} }} }} }}"
        for depth in DEPTHS
    )
    counted = []
    for size in (2, 2, 20):
        with CaptureQueriesContext(connection) as captured:
            answer = execute(text, {"first": size})
        assert "errors" not in answer, answer
        assert len(answer["data"][root]["edges"]) == size, f"{root} lacks entries: see FILLED"
        counted.append(len(captured))
    assert counted[1] == counted[2] <= 6, text


# --- what the version must tell of ----------------------------------------------------------

THINGS = {
    "offering.code": [f"3714020004{SET_UP}"],
    "matter.code": [SET_UP],
    "code": [SET_UP],
    "matter": [SET_UP],
    "officialList.kind": ["power_list"],
    "officialLists.kind": ["power_list"],
    "officialListDifferences.kind": ["power_list"],
    "workStandard.number": ["Q/01"],
    "search": ["单县 身份证", "食品"],
    "issuer": ["370000000000"],
    "center": ["371402"],
}
TOLD_OTHERWISE = {
    "registry_center": "read by searches; what they find there changes the map of centers too",
    "registry_centerdomain": "read into the map",
    "registry_registryversion": "the map's own look-up",
    "registry_calendarday": "read into the map; no answer of the catalog counts days",
    "registry_settledyear": "read into the map; no answer of the catalog counts days",
    "catalog_catalogversion": "the clock's own",
}


@pytest.mark.parametrize("name", ROOTS)
def test_what_is_kept_reads_nothing_that_the_version_does_not_tell_of(db, name):
    for fill in dict.fromkeys(FILLED.values()):
        fill()
    tables = {model._meta.db_table for model in apps.get_models(include_auto_created=True)}
    root = documents.Root("query", name)
    read: set[str] = set()
    for request in documents.requests(root, THINGS):
        with CaptureQueriesContext(connection) as captured:
            answer = execute(**_asked(request), center="371402")
        assert "errors" not in answer, answer
        for query in captured:
            read |= set(re.findall(r"\b[a-z]+_[a-z]+\b", query["sql"])) & tables
    assert read <= {*SHOWN, *TOLD_OTHERWISE}
    assert read or name == "catalogVersion"


def _asked(request: documents.Request) -> dict[str, Any]:
    return {"query": request.operations["query"], "variables": request.operations["variables"]}
