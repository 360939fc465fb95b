"""The pages that a person opens first: ``/``; in a demonstration also the work desk and GraphiQL.

They are clients like any other: what they show comes from the API with the documents of
``frontend_contract/``, and nothing in them knows the domain. No script stands in a page, nothing is
loaded from elsewhere, and a token is kept by the tab that asked for it, never in an address.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, path
from django.views.decorators.cache import never_cache
from django.views.decorators.http import condition, require_safe

from tenants.staff.operations import demonstrate
from tenants.staff.operations.demonstrate import Person
from tongban.identity.operations import demonstration

View = Callable[[HttpRequest], HttpResponse]

_FOLDER: Final = Path(__file__).parent / "static" / "start"
_TYPES: Final = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_ASSETS: Final = frozenset(p.name for p in _FOLDER.iterdir() if p.suffix in _TYPES)

_CONTRACT: Final = {
    "README.md": "给应用开发者的说明：登录、查询、上传、订阅与续接、重试、错误",
    "schema.graphql": "接口的完整类型（SDL）",
    "error_codes.json": "全部错误代码及中英文提示",
    "events.json": "全部办件事件及中英文名称",
    "manifest.json": "随合同发布的操作文档及其哈希",
}
"""Files of the contract that the page leads to, where they are shipped."""


@dataclass(frozen=True, slots=True)
class _Group:
    """Cards of one kind of people."""

    title: str
    people: tuple[Person, ...]


def _page(
    request: HttpRequest, name: str, context: dict[str, Any], *, style: str = "'self'"
) -> HttpResponse:
    response = render(request, f"start/{name}.html", context)
    host = request.get_host()
    response["Content-Security-Policy"] = (
        # Not every browser counts sockets of the same host as 'self'.
        f"default-src 'none'; script-src 'self'; style-src {style}; img-src 'self' data:;"
        f" font-src 'self' data:; connect-src 'self' ws://{host} wss://{host};"
        " form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    response["Referrer-Policy"] = "no-referrer"
    return response


def _only_here(view: View) -> View:
    """Let a page exist in a demonstration alone."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request)

    return never_cache(guarded)


@never_cache
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """``/``: what this is, what runs, which centers there are, and how to sign in."""
    shown: dict[str, Any] = {
        "demo": settings.DEMO,
        "url": settings.PUBLIC_URL.rstrip("/"),
        "contract": {
            name: what for name, what in _CONTRACT.items() if (_shipped() / name).exists()
        },
    }
    if settings.DEMO:
        shown |= {"groups": list(_grouped()), "password": demonstration.password()}
    return _page(request, "home", shown)


@_only_here
@require_safe
def desk(request: HttpRequest) -> HttpResponse:
    """``/desk/``: the work desk of a demonstration, one page for every kind of user."""
    return _page(request, "desk", {"people": _people()})


@_only_here
@require_safe
def explorer(request: HttpRequest) -> HttpResponse:
    """``/graphiql/``: GraphiQL as one of its people, with the shipped operations."""
    if settings.STORED_OPERATIONS_ONLY:
        raise Http404
    # GraphiQL sets styles on its elements while it runs.
    return _page(request, "explorer", {"people": _people()}, style="'self' 'unsafe-inline'")


def _grouped() -> Iterator[_Group]:
    rest = list(demonstrate.PEOPLE)
    for title, belongs in _GROUPS:
        found = tuple(person for person in rest if belongs(person))
        rest = [person for person in rest if person not in found]
        yield _Group(title, found)


_GROUPS: Final[Sequence[tuple[str, Callable[[Person], bool]]]] = (
    ("申请人", lambda p: p.role is None and p.platform_role is None),
    ("乡镇（街道）便民服务中心", lambda p: p.levels == ("township",)),
    ("县（市、区）政务服务中心", lambda p: p.levels == ("county",)),
    ("市政务服务中心", lambda p: p.levels == ("city",)),
    ("管理与监督", lambda p: p.platform_role is None),
    ("全平台共用", lambda _: True),
)


def _people() -> str:
    """Return as JSON who may be signed in as; their numbers are synthetic, made to be tried."""
    people = [
        {
            "login": person.login_name,
            "name": person.name,
            "what": person.what,
            "role": person.role,
            "levels": person.levels,
            "center": person.center,
            "idNumber": person.id_number,
        }
        for person in demonstrate.PEOPLE
    ]
    return json.dumps(people, ensure_ascii=False)


def _shipped() -> Path:
    return Path(settings.STORED_OPERATIONS).parent


def _changed_at(path: Path) -> datetime | None:
    return datetime.fromtimestamp(path.stat().st_mtime, UTC) if path.exists() else None


def _asset_changed_at(_request: HttpRequest, name: str) -> datetime | None:
    return _changed_at(_FOLDER / name) if name in _ASSETS else None


def _contract_changed_at(_request: HttpRequest, name: str) -> datetime | None:
    return _changed_at(_shipped() / name) if name in _CONTRACT else None


@require_safe
@condition(last_modified_func=_asset_changed_at)
def asset(_request: HttpRequest, name: str) -> HttpResponse:
    """``/start/{name}``: a script or style of these pages."""
    if name not in _ASSETS:
        raise Http404
    return _file(_FOLDER / name, _TYPES[Path(name).suffix])


@require_safe
@condition(last_modified_func=_contract_changed_at)
def contract(_request: HttpRequest, name: str) -> HttpResponse:
    """``/contract/{name}``: what clients are built from, as shipped in ``frontend_contract/``."""
    file = _shipped() / name
    if name not in _CONTRACT or not file.exists():
        raise Http404
    return _file(file, "application/json" if file.suffix == ".json" else "text/plain")


@never_cache
@require_safe
def operations(_request: HttpRequest) -> HttpResponse:
    """``/contract/operations``: the shipped documents by the name of their operation."""
    texts = {
        file.stem: file.read_text(encoding="utf-8")
        for file in sorted((_shipped() / "operations").glob("*.graphql"))
    }
    return JsonResponse(texts, json_dumps_params={"ensure_ascii": False})


def _file(file: Path, kind: str) -> HttpResponse:
    response = HttpResponse(file.read_bytes(), content_type=f"{kind}; charset=utf-8")
    response["Cache-Control"] = "no-cache"  # asked for again each time, answered 304 as a rule
    return response


urlpatterns: list[URLPattern] = [
    path("", home, name="start"),
    path("desk/", desk, name="desk"),
    path("graphiql/", explorer, name="explorer"),
    path("start/<str:name>", asset),
    path("contract/operations", operations),
    path("contract/<str:name>", contract),
]
