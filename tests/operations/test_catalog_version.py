"""The catalog's version grows by itself, and with what readers can see alone."""

import threading
import uuid
from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from tests import cleaning, issuing, people, publishing, revising
from tests.casework import BOOKS
from tests.people import NOW
from tests.publishing import CITY
from tongban.catalog import models
from tongban.catalog.apps import CatalogConfig
from tongban.catalog.errors import OfferingNotFoundError
from tongban.catalog.operations import changing, draft, offer, rounds
from tongban.catalog.queries.clock import catalog_clock
from tongban.catalog.states import RoundDecision
from tongban.kernel.context import SharedRole, center_context, shared_context
from tongban.kernel.transactions import unit_of_work

VERSION = "catalog_catalogversion"
SHOWN = sorted(set(CatalogConfig.shared_grants[SharedRole.READER]) - {VERSION})
BITS = {"INSERT": 4, "DELETE": 8, "UPDATE": 16, "TRUNCATE": 32}


def version() -> tuple[int, object]:
    with shared_context(SharedRole.READER):
        return models.CatalogVersion.objects.values_list("number", "mark").get(id=1)


@pytest.mark.parametrize("table", SHOWN)
def test_every_table_that_readers_see_lets_the_version_grow(db, table):
    """A table that is added without its triggers would leave old answers standing."""
    with shared_context(SharedRole.READER), connection.cursor() as cursor:
        cursor.execute(
            "SELECT tgtype FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid"
            " WHERE t.tgrelid = %s::regclass AND p.proname = 'catalog_version_grows'"
            " AND t.tgenabled = 'O'",
            [f"public.{table}"],
        )
        types = [kind for (kind,) in cursor.fetchall()]
    for event, bit in BITS.items():
        assert any(kind & bit for kind in types), f"{event} on {table}"


@pytest.mark.parametrize("verb", ["insert", "update", "delete"])
def test_whatever_changes_a_row_by_hand_is_seen(db, verb):
    before = version()
    with shared_context(SharedRole.CATALOG), connection.cursor() as cursor:
        match verb:
            case "insert":
                cursor.execute(
                    "INSERT INTO catalog_standardsacceptance (issuer_code, accepted_on, authority,"
                    " level, result, standard_count, recorded_at, recorded_by) VALUES"
                    " ('371400000000', '2026-01-01', '省局', '省级', '通过', 1, now(), 'x')"
                )
            case "update":
                cursor.execute("UPDATE catalog_offering SET place = 'x' WHERE center_code='371402'")
            case "delete":
                cursor.execute("DELETE FROM catalog_offering WHERE center_code = '371402'")
    after = version()
    assert after[0] == before[0] + 1
    assert after[1] != before[1]


def test_a_transaction_grows_it_once_and_a_refused_one_not_at_all(committed_db):
    before = version()
    with shared_context(SharedRole.CATALOG), transaction.atomic():
        for place in ("一楼", "二楼", "三楼"):
            models.Offering.objects.filter(center_code="371402").update(place=place)
    assert version()[0] == before[0] + 1
    standing = version()
    with shared_context(SharedRole.CATALOG):
        with pytest.raises(OfferingNotFoundError):
            offer.edit_offering(
                actor=people.OPERATOR, center_code="371402", matter_code="379999999999",
                terms=offer.OfferingTerms(place="x"), now=NOW,
            )  # fmt: skip
        with transaction.atomic():
            models.Offering.objects.filter(center_code="371402").update(place="四楼")
            transaction.set_rollback(True)
    assert version() == standing


def test_operations_that_change_nothing_grow_nothing(committed_db):
    revising.set_terms("371402", BOOKS, now=NOW, place="五楼")
    standing = version()
    revising.set_terms("371402", BOOKS, now=NOW, place="五楼")
    with shared_context(SharedRole.CATALOG), unit_of_work():
        changing.one_at_a_time()
    assert version() == standing
    revising.revise(BOOKS, now=NOW, theme="文化")
    assert version()[0] == standing[0] + 1


def test_work_that_nobody_sees_grows_nothing(committed_db):
    """Whoever reads the version learns nothing of drafts, of new matters, of open rounds."""
    standing = version()
    code = "370199919001"
    for name in ("草稿", "草稿二"):
        with shared_context(SharedRole.CATALOG):
            content = publishing.a_matter(name, matter_type="01")
            drafted = publishing.drafted(content, issuer=CITY, code=code)
    with shared_context(SharedRole.CATALOG):
        draft.discard_draft(
            actor=publishing.editor(CITY), matter_code=code, number=1,
            expected_digest=drafted.content_hash, idempotency_key=uuid.uuid4(), now=NOW,
        )  # fmt: skip
    with shared_context(SharedRole.CATALOG):
        publishing.drafted(content, issuer=CITY, code=code)
    assert version() == standing
    matter = issuing.issue("370199919002")
    standing = version()
    for act in (
        cleaning.opened,
        lambda: cleaning.decided(1, matter, RoundDecision.CANCEL),
        lambda: rounds.drop_decision(
            actor=publishing.editor(CITY), issuer_code=CITY, number=1, matter_code=matter,
            idempotency_key=uuid.uuid4(), now=NOW,
        ),
        lambda: cleaning.decided(1, matter, RoundDecision.CANCEL),
    ):  # fmt: skip
        with shared_context(SharedRole.CATALOG):
            act()
    assert version() == standing
    with shared_context(SharedRole.CATALOG):
        cleaning.closed(1, leave_undecided=True)
    assert version()[0] == standing[0] + 1


def test_what_was_put_out_is_seen_to_change(committed_db):
    before = version()[0]
    with shared_context(SharedRole.CATALOG):
        models.StandardMatter.objects.filter(code=BOOKS).update(theme="文化")
    assert version()[0] == before + 1


def test_changes_at_once_are_told_apart(committed_db):
    """Two that write at once wait for each other at the version, so none of the two is lost."""
    before = version()[0]
    failures = []

    def change(number: int) -> None:
        from django.db import connections

        try:
            for _time in range(5):
                revising.set_terms(
                    ("371402", "371722")[number], BOOKS, now=NOW, place=f"{number} {_time}"
                )
        except Exception as error:  # noqa: BLE001 # told below
            failures.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=change, args=(number,)) for number in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert version()[0] == before + 10


def test_nobody_but_the_catalogs_editors_moves_it(db):
    before = version()
    for context in (shared_context(SharedRole.READER), center_context("371402")):
        with context:
            for sql in (
                f"UPDATE {VERSION} SET number = 0",
                "UPDATE catalog_offering SET place = 'x'",
            ):
                with (
                    pytest.raises(DatabaseError, match="permission denied"),
                    transaction.atomic(),
                    connection.cursor() as cursor,
                ):
                    cursor.execute(sql)
    assert version() == before


def test_the_clock_reads_it_in_any_context_and_once_a_second(db):
    catalog_clock.forget()
    told = {catalog_clock.get()}
    for context in (
        center_context("371402"),
        shared_context(SharedRole.READER),
        shared_context(SharedRole.PLATFORM),
        shared_context(SharedRole.SIGN_IN),
    ):
        catalog_clock.forget()
        with context:
            told.add(catalog_clock.get())
    assert len(told) == 1
    with shared_context(SharedRole.CATALOG):
        models.CancelledPrecondition.objects.create(
            issuer_code="370000000000", matter_code=BOOKS, precondition_code="370110100101",
            basis="鲁政发〔2026〕1号", cancelled_on=date(2026, 1, 1), cancelled_by="x",
        )  # fmt: skip
    assert catalog_clock.get() in told
    catalog_clock.forget()
    assert catalog_clock.get() not in told


def test_threads_that_find_it_old_look_once(committed_db):
    """However many ask at once, one asks the database."""
    catalog_clock.forget()
    looked, gate = [], threading.Barrier(8)

    def look() -> None:
        from django.db import connections

        def note(execute, sql, *rest):
            looked.append(sql)
            return execute(sql, *rest)

        gate.wait()
        with connection.execute_wrapper(note):
            catalog_clock.get()
        connections.close_all()

    threads = [threading.Thread(target=look) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(looked) == 1
