"""People for tests: accounts, the tokens they send, what they are in centers.

Numbers are synthetic: their check digits are right, their holders do not exist.
"""

import secrets
import uuid
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta

from oauth2_provider.models import AccessToken, set_token_value
from stdnum.cn import ric

from tenants.staff import models as staff_models
from tenants.staff.operations import members as staff
from tenants.staff.rules import CenterRole
from tongban.identity import queries as identity
from tongban.identity.models import ClientApplication
from tongban.identity.operations import administration, demonstration
from tongban.identity.queries import AccountRecord
from tongban.kernel import actors
from tongban.kernel.actors import Actor
from tongban.kernel.context import SharedRole, center_context, shared_context

NOW = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
OPERATOR = actors.operator("tests")
CLIENT = "tests"
UNUSABLE = "!"


def id_number(serial: int = 1, *, born: str = "19900307", division: str = "371400") -> str:
    """Return a valid 居民身份证号 that nobody holds; serials beyond a day's go on the day after."""
    days, number = divmod(serial, 1000)
    birthday = date.fromisoformat(born) + timedelta(days=days)
    digits = f"{division}{birthday:%Y%m%d}{number:03}"
    return digits + ric.calc_check_digit(digits + "0")


def account(
    login_name: str,
    *,
    name: str = "王小明",
    id_number: str = "",
    password_hash: str = UNUSABLE,
    now: datetime = NOW,
) -> AccountRecord:
    """Make an account, real-name verified where an identity number is given."""
    with shared_context(SharedRole.PLATFORM):
        return demonstration.open_account(
            actor=OPERATOR,
            login_name=login_name,
            display_name=name,
            password_hash=password_hash,
            id_number=id_number,
            now=now,
        )


def grant(person: AccountRecord, role: actors.PlatformRole, division: str = "0" * 12) -> None:
    """Give an account a platform role."""
    with shared_context(SharedRole.PLATFORM):
        administration.grant_role(
            actor=OPERATOR,
            account=person,
            role=role,
            division_code=division,
            now=NOW,
        )


def token(person: AccountRecord, *, now: datetime = NOW) -> str:
    """Return an access token of an account."""
    with shared_context(SharedRole.PLATFORM):
        administration.register_app(
            actor=OPERATOR, client_id=CLIENT, name="测试", redirect_uris=(), now=now
        )
    with shared_context(SharedRole.SIGN_IN):
        return demonstration.issue_token(account_id=person.account_id, client_id=CLIENT, now=now)


def machine_token(client: ClientApplication, *, now: datetime = NOW) -> str:
    """Return an access token of a station's machine, as the token endpoint would give it."""
    raw = secrets.token_urlsafe(32)
    issued = AccessToken(application=client, scope="api", expires=now + timedelta(hours=1))
    set_token_value(issued, raw)
    with shared_context(SharedRole.SIGN_IN):
        issued.save()
    return raw


def actor(person: AccountRecord, *, now: datetime = NOW) -> Actor:
    """Return an account as the actor that its token becomes."""
    return identity.resolve_actor(token(person, now=now), now=now)


def member(
    center: str,
    person: AccountRecord,
    *roles: CenterRole,
    staff_number: str = "",
    now: datetime = NOW,
) -> staff_models.Member:
    """Let an account work in a center, as its system administrator would."""
    with center_context(center):
        return staff.appoint_member(
            actor=_administrator(center, now=now),
            account=person,
            staff_number=staff_number,
            roles=roles,
            idempotency_key=uuid.uuid4(),
            now=now,
        )


def _administrator(center: str, *, now: datetime) -> Actor:
    """Return the system administrator of a center; the first one comes by a registrar."""
    held: Iterable[int] = (
        staff_models.Member.objects.active()
        .holding(CenterRole.SYSTEM_ADMINISTRATOR)
        .values_list("account_id", flat=True)
    )
    for account_id in held:
        return _two_factor_administrator(account_id)
    first = account(f"admin-{center}", name="系统管理员", now=now)
    staff.appoint_member(
        actor=OPERATOR,
        account=first,
        staff_number="",
        roles=[CenterRole.SYSTEM_ADMINISTRATOR],
        idempotency_key=uuid.uuid4(),
        now=now,
    )
    return _two_factor_administrator(first.account_id)


def _two_factor_administrator(account_id: int) -> Actor:
    return Actor(
        account_id=account_id, kind="person", display_name="系统管理员", is_two_factor=True
    )
