"""What is unchanged is told in a line: tags of the catalog's answers, and when they change."""

import time
import uuid
from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client
from django.utils import timezone
from django.utils.http import parse_etags

from schema import kept
from tests import people, revising
from tests.database import SET_UP
from tests.graphql.client import execute, operation
from tests.graphql.keeping import get, no_database, tag
from tests.people import NOW
from tongban.catalog import models
from tongban.catalog.operations import directories, offer, preconditions, standards
from tongban.catalog.queries.clock import CHECK_AFTER_SECONDS, catalog_clock
from tongban.catalog.rules.directories import DirectoryKind
from tongban.catalog.rules.standards import StandardText
from tongban.kernel import actors
from tongban.kernel.actors import PlatformRole
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry.operations import suspend
from tongban.registry.queries import center_map

CODE = f"3714020004{SET_UP}"
OFFERING = ("Offering", {"code": CODE})
SHOWN = [
    ("CatalogVersion", None),
    ("Matters", {"first": 3}),
    ("Matters", {"search": "结婚"}),
    ("Offerings", {"first": 3}),
    OFFERING,
    ("Offering", {"code": "none"}),
]


@pytest.fixture(autouse=True)
def nothing_kept():
    kept.bodies.forget()


@pytest.mark.parametrize(("name", "variables"), SHOWN)
@pytest.mark.parametrize("center", [None, "371402"])
def test_an_unchanged_answer_takes_a_line_and_no_statement(db, name, variables, center):
    first = get(name, variables, center=center)
    assert first.status_code == 200
    assert first.json()["extensions"]["catalogVersion"]
    assert first["Cache-Control"] == "no-cache"
    assert not first["ETag"].startswith("W/")
    with no_database():
        again = get(name, variables, center=center, If_None_Match=first["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    assert again["ETag"] == first["ETag"]
    assert again["Cache-Control"] == "no-cache"
    assert set(first["Vary"].split(", ")) >= {"Accept", "Accept-Language", "Authorization"}
    assert set(again["Vary"].split(", ")) >= set(first["Vary"].split(", "))
    with no_database():  # and whoever has nothing yet gets what was made once
        other = get(name, variables, center=center)
    assert (other.status_code, other.content) == (200, first.content)
    assert (other["ETag"], other["Content-Type"]) == (first["ETag"], first["Content-Type"])


def test_the_database_itself_hears_nothing(committed_db):
    """Whatever sends statements past our cursors would show in the server's own counter."""
    known = tag(*OFFERING)
    pid = connection.connection.info.backend_pid
    query = "SELECT query_start FROM pg_stat_activity WHERE pid = %s"
    with psycopg.connect(committed_db) as watching:
        before = watching.execute(query, [pid]).fetchone()
        assert get(*OFFERING, If_None_Match=known).status_code == 304
        watching.rollback()
        assert watching.execute(query, [pid]).fetchone() == before


def test_the_version_alone_is_cheap(db):
    versions = [execute("{ catalogVersion }")["data"]["catalogVersion"]]
    with no_database():
        for answer in (execute("{ catalogVersion }"), get("CatalogVersion").json()):
            versions += [answer["data"]["catalogVersion"], answer["extensions"]["catalogVersion"]]
    shown = execute(operation("Offering"), {"code": CODE})
    assert {*versions, shown["extensions"]["catalogVersion"]} == {versions[0]}
    assert "catalogVersion" not in execute("{ __typename }")["extensions"]
    assert "catalogVersion" not in execute("{ me { displayName } }")["extensions"]


@pytest.mark.parametrize("listed", ["{0}", "W/{0}", '"x", {0}', 'W/"x",W/{0} , "y"', "*"])
def test_forms_of_if_none_match(db, listed):
    known = tag(*OFFERING)
    assert get(*OFFERING, If_None_Match=listed.format(known)).status_code == 304


@pytest.mark.parametrize(
    "header",
    ["", '""', '"x"', "x", "W/", '"', "**", '* , "x"', "{0}x", "x{0}", '"{0}"', "{1}", "\0",
     "é" * 50, '"' * 9000, '"x",' * 4000 + "{0}", "'{1}'", "W/W/{0}"],
)  # fmt: skip
def test_hostile_headers_get_the_whole_answer(db, header):
    known = tag(*OFFERING)
    bare = known.strip('"')
    response = get(*OFFERING, If_None_Match=header.format(known, bare))
    assert (response.status_code, response["ETag"]) == (200, known)


def test_a_star_makes_no_fault_pass_for_an_answer(db):
    response = Client(headers={"If-None-Match": "*", "Accept": "application/json"}).get(
        "/graphql", {"id": "unknown"}
    )
    assert response.status_code == 400
    assert "ETag" not in response


def test_a_head_tells_the_tag(db):
    known = tag(*OFFERING)
    response = get(*OFFERING, method="head")
    assert (response.status_code, response.content, response["ETag"]) == (200, b"", known)
    assert int(response["Content-Length"]) == len(get(*OFFERING).content)
    with no_database():
        assert get(*OFFERING, method="head", If_None_Match=known).status_code == 304


def test_a_compressed_answer_is_known_by_the_same_tag(db):
    known = tag(*OFFERING)
    packed = get(*OFFERING, Accept_Encoding="gzip")
    assert packed["Content-Encoding"] == "gzip"
    assert packed["ETag"] == f"W/{known}"
    again = get(*OFFERING, Accept_Encoding="gzip", If_None_Match=packed["ETag"])
    assert again.status_code == 304


def test_no_two_answers_share_a_tag(db):
    asked = [
        tag("Offerings", {"first": 3}),
        tag("Offerings", {"first": 4}),
        tag("Offerings"),
        tag("Matters", {"first": 3}),
        tag("Offerings", {"first": 3}, center="371402"),
        tag("Offerings", {"first": 3}, center="371722"),
        tag("Offerings", {"first": 3}, Accept_Language="en"),
        tag("Offerings", {"first": 3}, Accept="application/graphql-response+json"),
        tag("Offerings", {"first": 3}, now=NOW + timedelta(days=1)),
    ]
    assert len(set(asked)) == len(asked)
    for other in ("371722", None):
        response = get("Offerings", {"first": 3}, center=other, If_None_Match=asked[4])
        assert response.status_code == 200


def test_the_kept_answers_of_neighbours_stay_apart(db):
    """The second asker gets the kept body: it must be the own one's."""
    for _time in range(2):
        for center in ("371402", "371722"):
            answer = get("Offerings", {"first": 3}, center=center).json()
            nodes = [edge["node"] for edge in answer["data"]["offerings"]["edges"]]
            assert {node["centerCode"] for node in nodes} == {center}


def test_a_token_is_still_looked_at(db):
    nobodys = tag(*OFFERING)
    tokens = [people.token(people.account(f"reader-{number}")) for number in range(2)]
    mine, other = (get(*OFFERING, Authorization=f"Bearer {token}") for token in tokens)
    known = mine["ETag"]
    assert known == other["ETag"] != nobodys
    assert mine["Cache-Control"] == "private, no-cache"
    for token in tokens:
        again = get(*OFFERING, Authorization=f"Bearer {token}", If_None_Match=known)
        assert again.status_code == 304
    refused = get(*OFFERING, Authorization="Bearer made-up", If_None_Match=known)
    assert refused.status_code == 401
    assert "ETag" not in refused
    assert refused["Cache-Control"] == "no-store"


def test_an_unknown_center_is_unknown_whatever_is_sent(db):
    known = tag("Offerings", center="371402")
    assert get("Offerings", center="379999", If_None_Match=known).status_code == 404


# --- changes ---------------------------------------------------------------------------------


def changed(known: str, asked=OFFERING, **more) -> bool:
    """Tell whether the tag is another one now, as the next process to look would say."""
    catalog_clock.forget()
    center_map.forget()
    response = get(*asked, If_None_Match=known, **more)
    assert response.status_code in {200, 304}
    return bool(response.status_code == 200)


def test_a_change_is_seen_after_a_second_at_the_latest(db):
    known = tag(*OFFERING)
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(code=CODE).update(place="五楼")
    before = get(*OFFERING, If_None_Match=known)  # perhaps still the old one; never wrong for long
    assert before.status_code == 304
    time.sleep(CHECK_AFTER_SECONDS)
    after = get(*OFFERING, If_None_Match=known)
    assert after.status_code == 200
    assert after["ETag"] != known
    assert after.json()["data"]["offering"]["place"] == "五楼"


def test_an_editors_change_is_seen(db):
    editor = people.account("editor")
    people.grant(editor, PlatformRole.OFFERING_EDITOR, "371400000000")
    known = tag(*OFFERING)
    terms = {"center": "371402", "matter": SET_UP, "place": "三楼企业设立专区"}
    answer = execute(
        operation("EditOffering"), {"input": terms}, token=people.token(editor), center="371402"
    )
    assert answer["data"]["editOffering"]["errors"] == []
    assert changed(known)
    known = tag(*OFFERING)
    refused = {"input": {**terms, "place": "长" * 201}}
    answer = execute(operation("EditOffering"), refused, token=people.token(editor))
    assert answer["data"]["editOffering"]["errors"]
    assert not changed(known)


def test_offerings_that_are_opened_are_seen(db):
    with shared_context(SharedRole.CATALOG), transaction.atomic():  # as a transaction of its own
        models.Offering.objects.filter(code=CODE).delete()
    known = tag(*OFFERING)
    with shared_context(SharedRole.CATALOG):
        offer.open_default_offerings(actor=people.OPERATOR, center_codes=["371402"], now=NOW)
    assert changed(known)


CITY = "371400000000"


def _publish_a_release() -> None:
    revising.revise(SET_UP, now=NOW, theme="市场准入")


def _publish_a_directory() -> None:
    entries = [{"code": "1", "name": "企业设立登记", "department": "局", "duty": "依法登记"}]
    about: dict[str, Any] = {
        "issuer_code": CITY,
        "kind": DirectoryKind.RESPONSIBILITIES,
        "now": NOW,
    }
    draft = directories.draft_directory(
        actor=actors.operator("editor"), entries=entries, idempotency_key=uuid.uuid4(), **about
    )
    directories.publish_directory(
        actor=people.OPERATOR, version=draft.version, idempotency_key=uuid.uuid4(), **about
    )


def _publish_a_standard() -> None:
    standards.publish_work_standard(
        actor=people.OPERATOR,
        issuer_code=CITY,
        standard=StandardText("DZZW-BZ-001", "窗口服务规范", "服务提供", "一、…"),
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )


def _cancel_a_precondition() -> None:
    preconditions.cancel_precondition(
        actor=people.OPERATOR,
        issuer_code=CITY,
        matter_code=SET_UP,
        precondition_code="370111400201",
        basis="鲁政发〔2026〕1号",
        idempotency_key=uuid.uuid4(),
        now=NOW,
    )


@pytest.mark.parametrize(
    "change",
    [_publish_a_release, _publish_a_directory, _publish_a_standard, _cancel_a_precondition],
)
def test_whatever_an_operation_publishes_is_seen(db, change):
    known = tag("CatalogVersion")
    with shared_context(SharedRole.CATALOG):
        change()
    assert changed(known, ("CatalogVersion",))


def test_a_center_that_is_suspended_is_seen(db):
    asked = ("Offerings", {"first": 3})
    known = tag(*asked)
    with shared_context(SharedRole.PLATFORM):
        suspend.suspend_center(
            actor=people.OPERATOR, code="371402", reason="机构改革", now=timezone.now()
        )
    assert changed(known, asked)


def test_midnight_brings_what_was_published_ahead(db):
    """Nothing is written at midnight; the day alone changes what is in force."""
    tomorrow = date(2026, 11, 25)
    with shared_context(SharedRole.CATALOG):
        models.Offering.objects.filter(code=CODE).update(effective_to=tomorrow)
    catalog_clock.forget()
    last = NOW.replace(hour=15, minute=59)  # 23:59 in Shanghai
    known = tag(*OFFERING, now=last)
    assert not changed(known, now=last)
    assert changed(known, now=last + timedelta(minutes=2))
    assert get(*OFFERING, now=last + timedelta(minutes=2)).json()["data"] == {"offering": None}


def test_a_restored_copy_that_came_to_the_same_number_has_other_tags(db):
    known = tag(*OFFERING)
    with shared_context(SharedRole.CATALOG):
        row = models.CatalogVersion.objects.get(id=1)
        models.Offering.objects.filter(code=CODE).update(place="五楼")
        models.CatalogVersion.objects.filter(id=1).update(number=row.number)
    assert changed(known)


def test_drafts_make_nobody_read_again(db):
    known = tag(*OFFERING)
    with shared_context(SharedRole.CATALOG):
        published = models.MatterRevision.objects.get(matter__code=SET_UP, status="published")
        published.pk, published.number, published.status = None, 2, "draft"
        published.effective_from = None
        published.save(force_insert=True)
        models.MatterRevision.objects.filter(pk=published.pk).update(returned_for="缺依据")
    assert not changed(known)
    with shared_context(SharedRole.CATALOG):
        models.MatterRevision.objects.filter(matter__code=SET_UP, status="draft").delete()
    assert not changed(known)
    with shared_context(SharedRole.CATALOG):
        models.MatterRevision.objects.filter(matter__code=SET_UP).update(content_hash="0" * 64)
    assert changed(known)


def test_the_tag_says_nothing(db):
    """Nobody can make a tag, nor tell from one which version, center or variables it is of."""
    (known,) = parse_etags(tag(*OFFERING))
    assert len(known.strip('"')) == 36
    assert "371402" not in known
