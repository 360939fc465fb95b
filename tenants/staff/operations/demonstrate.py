"""The people of a demonstration: one account of every kind, at work in every center."""

import uuid
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.hashers import make_password

from tenants.staff import models
from tenants.staff.operations import furnish, members
from tenants.staff.rules import CenterRole
from tongban.identity import queries as identity
from tongban.identity.operations import administration, demonstration
from tongban.identity.queries import AccountRecord
from tongban.kernel.actors import Actor, PlatformRole
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.transactions import unit_of_work
from tongban.registry import queries as registry
from tongban.registry.queries import CenterRecord

PROVINCE = "370000000000"
CITY = "371400000000"
COUNTRY = "000000000000"
LEVELS = ("city", "county", "township")


@dataclass(frozen=True, slots=True)
class Person:
    """One kind of user: an account with a fixed login name, and what it may do where."""

    login_name: str
    name: str
    what: str
    id_number: str = ""
    """Synthetic: the check digit is right, the holder does not exist."""
    levels: tuple[str, ...] = ()
    role: CenterRole | None = None
    platform_role: PlatformRole | None = None
    division: str = PROVINCE
    department: str = ""
    """Code of the department that posts them in the center where some are at work."""
    center: str = ""
    """The only center where they work; empty: every one of their levels."""


def _posted(login_name: str, name: str, what: str, department: str, role: CenterRole) -> Person:
    return Person(
        login_name, name, what,
        levels=("county",), role=role, department=department, center=furnish.CENTER,
    )  # fmt: skip


_ADMINISTRATOR = Person(
    "admin", "郑涛", "中心系统管理员", levels=LEVELS, role=CenterRole.SYSTEM_ADMINISTRATOR
)
PEOPLE = (
    Person("citizen", "王小明", "市民（已实名）", id_number="371402199003078859"),
    Person("enterprise", "李敏", "企业经办人（已实名）", id_number="371402198511127720"),
    Person(
        "station", "赵丽", "乡镇（街道）便民服务中心操作员",
        levels=("township",), role=CenterRole.STATION_OPERATOR,
    ),
    Person(
        "clerk", "刘芳", "县（市、区）窗口人员",
        levels=("county",), role=CenterRole.CLERK, department="MZJ",
    ),
    Person(
        "reviewer", "陈强", "县（市、区）审核员",
        levels=("county",), role=CenterRole.REVIEWER, department="MZJ",
    ),
    Person(
        "chief", "周伟", "县（市、区）首席代表",
        levels=("county",), role=CenterRole.CHIEF_REPRESENTATIVE, department="MZJ",
    ),
    Person("cashier", "蒋琳", "县（市、区）收费员", levels=("county",), role=CenterRole.CASHIER),
    _posted("culture", "沈悦", "德城区文化和旅游局派驻审核员", "WLJ", CenterRole.REVIEWER),
    _posted(
        "culture-chief", "韩立", "德城区文化和旅游局首席代表", "WLJ",
        CenterRole.CHIEF_REPRESENTATIVE,
    ),
    _posted("police", "冯凯", "德城区公安局派驻审核员", "GAJ", CenterRole.REVIEWER),
    _posted(
        "police-chief", "邓辉", "德城区公安局首席代表", "GAJ", CenterRole.CHIEF_REPRESENTATIVE
    ),
    _posted("fire", "曹阳", "德城区消防救援大队派驻审核员", "XFDD", CenterRole.REVIEWER),
    _posted(
        "fire-chief", "彭勇", "德城区消防救援大队首席代表", "XFDD",
        CenterRole.CHIEF_REPRESENTATIVE,
    ),
    Person("city-clerk", "孙娜", "市窗口人员", levels=("city",), role=CenterRole.CLERK),
    Person("city-reviewer", "马超", "市审核员", levels=("city",), role=CenterRole.REVIEWER),
    Person(
        "city-chief", "胡斌", "市首席代表", levels=("city",), role=CenterRole.CHIEF_REPRESENTATIVE
    ),
    Person("manager", "吴静", "市县管理办", levels=("city", "county"), role=CenterRole.MANAGER),
    Person(
        "supervisor", "朱军", "市县电子监察员",
        levels=("city", "county"), role=CenterRole.SUPERVISOR,
    ),
    Person(
        "party", "林红", "市县机关党务负责人",
        levels=("city", "county"), role=CenterRole.PARTY_SECRETARY,
    ),
    _ADMINISTRATOR,
    Person(
        "security", "何磊", "市县安全管理员",
        levels=("city", "county"), role=CenterRole.SECURITY_ADMINISTRATOR,
    ),
    Person("auditor", "高敏", "市县审计员", levels=("city", "county"), role=CenterRole.AUDITOR),
    Person("registrar", "罗杰", "登记管理员（全省）", platform_role=PlatformRole.REGISTRAR),
    Person("catalog-editor", "梁宇", "目录编辑（全省）", platform_role=PlatformRole.CATALOG_EDITOR),
    Person(
        "catalog-reviewer", "宋佳", "目录审核（全省）", platform_role=PlatformRole.CATALOG_REVIEWER
    ),
    Person(
        "catalog-publisher", "唐亮", "目录发布（全省）",
        platform_role=PlatformRole.CATALOG_PUBLISHER,
    ),
    Person(
        "dezhou-editor", "崔颖", "德州市目录编辑",
        platform_role=PlatformRole.CATALOG_EDITOR, division=CITY,
    ),
    Person(
        "dezhou-reviewer", "贾宁", "德州市目录审核",
        platform_role=PlatformRole.CATALOG_REVIEWER, division=CITY,
    ),
    Person(
        "dezhou-publisher", "石磊", "德州市目录发布",
        platform_role=PlatformRole.CATALOG_PUBLISHER, division=CITY,
    ),
    Person(
        "offering-editor", "许诺", "实施清单编辑（全省）",
        platform_role=PlatformRole.OFFERING_EDITOR,
    ),
    Person(
        "operator", "韩梅", "平台管理员（全国）",
        platform_role=PlatformRole.PLATFORM_OPERATOR, division=COUNTRY,
    ),
)  # fmt: skip
_BY_LOGIN = {person.login_name: person for person in PEOPLE}


def demonstrate(
    *,
    actor: Actor,
    centers: Sequence[str],
    now: datetime,
    report: Callable[[int, int], None],
) -> int:
    """Make the accounts, clients and memberships of a demonstration, and return how many members.

    Enters each context itself and does only what is missing; ``report`` hears (done, total).
    Raises: DemonstrationRefusedError beside a real database.
    """
    demonstration.require_demonstration()
    accounts = _open_accounts(actor, now=now)
    _register_apps(actor, now=now)
    appointed = 0
    for done, code in enumerate(centers, start=1):
        record = registry.resolve_center(code)
        with center_context(code), unit_of_work():
            appointed += _appoint(actor, accounts, center=record, now=now)
            if code == furnish.CENTER:
                _furnish(accounts, now=now)
        report(done, len(centers))
    return appointed


def sign_in(*, login_name: str, now: datetime) -> tuple[Person, str] | None:
    """Return a person of the demonstration and a new access token, or None for anybody else.

    Runs in the sign-in context. Raises: DemonstrationRefusedError beside a real database.
    """
    demonstration.require_demonstration()
    person = _BY_LOGIN.get(login_name)
    account = identity.find_account(login_name)
    if person is None or account is None:
        return None
    token = demonstration.issue_token(
        account_id=account.account_id, client_id=demonstration.START_PAGE, now=now
    )
    return person, token


def _open_accounts(actor: Actor, *, now: datetime) -> dict[str, AccountRecord]:
    # One hash for all: they have one password, and a hash takes a fifth of a second.
    password_hash = make_password(demonstration.password())
    accounts = {}
    with shared_context(SharedRole.PLATFORM):
        for person in PEOPLE:
            account = demonstration.open_account(
                actor=actor,
                login_name=person.login_name,
                display_name=person.name,
                password_hash=password_hash,
                id_number=person.id_number,
                now=now,
            )
            accounts[person.login_name] = account
            if person.platform_role is not None:
                administration.grant_role(
                    actor=actor,
                    account=account,
                    role=person.platform_role,
                    division_code=person.division,
                    now=now,
                )
    return accounts


def _register_apps(actor: Actor, *, now: datetime) -> None:
    base = settings.PUBLIC_URL.rstrip("/")
    apps = (
        (demonstration.START_PAGE, "通办起始页", (f"{base}/",)),
        (demonstration.COMMAND_LINE, "通办命令行与示例客户端", ("http://127.0.0.1/callback",)),
    )
    with shared_context(SharedRole.PLATFORM):
        for client_id, name, redirects in apps:
            administration.register_app(
                actor=actor, client_id=client_id, name=name, redirect_uris=redirects, now=now
            )


def _furnish(accounts: dict[str, AccountRecord], *, now: datetime) -> None:
    furnish.furnish_registers(
        actor=demonstration.acting(accounts["manager"]),
        people=[
            (person.department, person.role, accounts[person.login_name].account_id)
            for person in PEOPLE
            if person.department
        ],
        now=now,
    )


def _appoint(
    actor: Actor, accounts: dict[str, AccountRecord], *, center: CenterRecord, now: datetime
) -> int:
    """Appoint who is missing here, the system administrator first, who then appoints the rest."""
    known = set(models.Member.objects.values_list("account_id", flat=True))
    by_head = demonstration.acting(accounts[_ADMINISTRATOR.login_name])
    appointed = 0
    for person in sorted(PEOPLE, key=lambda p: p is not _ADMINISTRATOR):
        account = accounts[person.login_name]
        is_here = center.level in person.levels and person.center in {"", center.code}
        if person.role is None or not is_here or account.account_id in known:
            continue
        members.appoint_member(
            actor=actor if person is _ADMINISTRATOR else by_head,
            account=account,
            staff_number="",
            roles=[person.role],
            idempotency_key=uuid.uuid4(),
            now=now,
        )
        appointed += 1
    return appointed
