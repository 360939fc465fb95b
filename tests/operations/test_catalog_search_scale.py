"""Search at 100,000 offerings: by index, and no more statements than at a hundred."""

import psycopg
import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra.benchmarks import catalog_rows
from tongban.catalog import queries
from tongban.kernel.context import SharedRole, shared_context
from tongban.registry.queries import center_map

pytestmark = pytest.mark.slow

SEARCHES = [
    "居民身份证", "身份证", "身份", "许可", "登记", "证", "可", "juminshenfenzheng",
    "shenfenzheng", "xuke", "sfz", "gaj", "公安局", "出生", "379900000012",
    "3717220004379900000012", "单县", "单县 身份证", "shanxian shenfenzheng", "单县 许可",
    "单县身份证", "shanxianshenfenzheng", "身份正", "居民身囗证", "许可首囗申",
    "公路超限运输许可变更名称", "shenfengzheng", "sehnfenzheng", "食品经营许可证变更地址",
    "许可 变更", "不存在的词语", "zzzzzzzz",
]  # fmt: skip
COMMON = ["z", "3799", "x"]
"""What nearly all matters have: to find them is to read them all."""


@pytest.fixture
def filled(committed_db, administrator):
    with shared_context(SharedRole.PLATFORM), transaction.atomic():
        codes = catalog_rows.add_centers(1000)
    with shared_context(SharedRole.CATALOG, statement_timeout_ms=0), transaction.atomic():
        catalog_rows.add_matters(4000, centers=codes[:25])
    name = str(conninfo_to_dict(committed_db)["dbname"])
    with psycopg.connect(make_conninfo(administrator, dbname=name), autocommit=True) as admin:
        admin.execute("VACUUM ANALYZE")
        # As a session has it: plans are those of every day.
        assert admin.execute("SHOW enable_seqscan").fetchone() == ("on",)
        offerings = admin.execute("SELECT count(*) FROM catalog_offering").fetchone()
        assert offerings is not None
        assert offerings[0] >= 100_000
    with shared_context(SharedRole.READER):
        yield


def planned(search, kind):
    """Return the plans of what a search asks, and how many statements it took."""
    find = {"offerings": queries.search_offerings, "matters": queries.search_matters}[kind]
    center_map.get()  # looked at once a second, by whoever asks first
    with CaptureQueriesContext(connection) as captured:
        find(on=catalog_rows.DAY, search=search).page(after=None, limit=21)
    plans = []
    for query in captured.captured_queries:
        with connection.cursor() as cursor:
            cursor.execute("EXPLAIN " + query["sql"].replace("%", "%%"))
            plans += [line for (line,) in cursor.fetchall()]
    return plans, len(captured)


def test_a_search_reads_no_table_from_end_to_end(filled):
    for kind in ("offerings", "matters"):
        for search in SEARCHES:
            plans, statements = planned(search, kind)
            assert [line for line in plans if "Seq Scan" in line] == [], search
            assert statements <= 3
        for search in COMMON:
            plans, statements = planned(search, kind)
            whole = [line for line in plans if "Seq Scan" in line]
            assert all(" catalog_standardmatter " in line for line in whole), search
            assert statements <= 3
