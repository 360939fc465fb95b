"""What no content shows by itself: preconditions that wait for each other, and the power list."""

import uuid
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tests import publishing
from tests.publishing import (
    CITY,
    DAY,
    NOW,
    OTHER_CITY,
    PROVINCE,
    SET_UP,
    a_matter,
    published,
    publisher,
    reviewed,
)
from tongban.catalog import errors, models, queries
from tongban.catalog.operations import import_matters, judging, preconditions
from tongban.catalog.queries import relations
from tongban.catalog.rules.rows import Source, SourceRow
from tongban.kernel import actors
from tongban.kernel.models import AuditEntry

LATER = DAY + timedelta(days=30)


def out(name: str, *, issuer: str = CITY, **changes: Any) -> str:
    """Publish a new matter and return its code."""
    revision = reviewed(a_matter(name, **changes), issuer=issuer, local_code=name)
    published(revision, issuer=issuer)
    return revision.matter_id


def again(code: str, *, issuer: str = CITY, **changes: Any) -> models.MatterRevision:
    """Let the next revision of a matter be reviewed."""
    return reviewed(replace(publishing.standard(code), **changes), issuer=issuer, code=code)


def cancel(matter: str, precondition: str, *, issuer: str = CITY, **options: Any):
    return preconditions.cancel_precondition(
        **{
            "actor": publisher(issuer),
            "issuer_code": issuer,
            "matter_code": matter,
            "precondition_code": precondition,
            "basis": "国发〔2015〕58号",
            "idempotency_key": uuid.uuid4(),
            "now": NOW,
            **options,
        }
    )


def counts() -> tuple[int, int, int]:
    return (
        models.Release.objects.count(),
        models.MatterRevision.objects.filter(status="published").count(),
        models.CancelledPrecondition.objects.count(),
    )


# --- preconditions ----------------------------------------------------------------------------


def test_a_chain_of_preconditions_is_published(catalog):
    first = out("甲")
    second = out("乙", preconditions=(first, SET_UP))
    third = out("丙", preconditions=(second,))
    found = relations.preconditions_from([third], since=DAY)
    assert {code: set(named) for code, named in found.items()} == {
        third: {second},
        second: {first, SET_UP},
    }
    assert models.StandardMatter.objects.get(code=third).preconditions == [second]


def test_no_two_matters_wait_for_each_other(catalog):
    first = out("甲")
    second = out("乙", preconditions=(first,))
    third = out("丙", preconditions=(second,))
    for closing in (second, third):
        revision = again(first, preconditions=(closing,))
        before = counts()
        with pytest.raises(errors.PreconditionCycleError) as caught:
            published(revision, issuer=CITY)
        assert caught.value.path == ("revisions", 0, "preconditions", 0)
        assert caught.value.params["subject"].startswith(f"{first} → {closing}")
        assert caught.value.params["subject"].endswith(first)
        assert counts() == before
        models.MatterRevision.objects.filter(pk=revision.pk).delete()


def test_two_that_come_out_together_may_not_wait_for_each_other(catalog):
    first, second = out("甲"), out("乙")
    revisions = [again(first, preconditions=(second,)), again(second, preconditions=(first,))]
    with pytest.raises(errors.PreconditionCycleError) as caught:
        published(*revisions, issuer=CITY)
    assert len(caught.value.params["faults"]) == 2
    published(revisions[0], issuer=CITY)
    with pytest.raises(errors.PreconditionCycleError):
        published(revisions[1], issuer=CITY)


def test_a_matter_does_not_wait_for_itself(catalog):
    code = out("甲")
    with pytest.raises(errors.PreconditionCycleError):
        published(again(code, preconditions=(code,)), issuer=CITY)


def test_what_is_released_ahead_counts_too(catalog):
    first, second = out("甲"), out("乙")
    published(again(first, preconditions=(second,)), issuer=CITY, since=LATER)
    with pytest.raises(errors.PreconditionCycleError):
        published(again(second, preconditions=(first,)), issuer=CITY)


def test_a_release_that_takes_a_precondition_away_frees_the_other_way(catalog):
    first = out("甲")
    second = out("乙", preconditions=(first,))
    published(again(second, preconditions=()), again(first, preconditions=(second,)), issuer=CITY)
    assert relations.preconditions_from([first], since=DAY) == {first: [second]}


def test_a_precondition_must_be_in_force_above_the_matter(catalog):
    elsewhere = out("菏泽事项", issuer=OTHER_CITY)
    below = out("德州事项")
    for issuer, named in ((CITY, elsewhere), (CITY, "379999999999"), (PROVINCE, below)):
        revision = reviewed(
            a_matter("新事项", preconditions=(named,)), issuer=issuer, local_code=f"N-{named}"
        )
        with pytest.raises(errors.PreconditionUnknownError) as caught:
            published(revision, issuer=issuer)
        assert caught.value.params["subject"] == named


def test_a_cancelled_precondition_does_not_come_back(catalog):
    first = out("甲")
    second = out("乙", preconditions=(first,))
    before = AuditEntry.objects.count()
    entry = cancel(second, first)
    assert (entry.basis, entry.cancelled_on) == ("国发〔2015〕58号", DAY)
    assert AuditEntry.objects.count() == before + 1
    with pytest.raises(errors.PreconditionCancelledError) as caught:
        published(again(second, visits=1), issuer=CITY)
    assert "国发〔2015〕58号" in caught.value.message("zh-Hans")
    with pytest.raises(errors.CancelledAlreadyError):
        cancel(second, first)


def test_what_a_division_above_cancels_binds_those_below(catalog):
    first = out("甲")
    second = out("乙")
    cancel(second, first, issuer=PROVINCE)
    with pytest.raises(errors.PreconditionCancelledError):
        published(again(second, preconditions=(first,)), issuer=CITY)
    assert relations.cancelled_preconditions(issuer_code=CITY).count() == 1
    third = out("丙")
    cancel(third, first, issuer=OTHER_CITY)
    published(again(third, preconditions=(first,)), issuer=CITY)


def test_only_the_issuers_publisher_cancels_with_a_basis(catalog):
    first, second = out("甲"), out("乙")
    before = counts()
    for error, options in (
        (errors.PublishNotAllowedError, {"actor": publishing.editor(CITY)}),
        (errors.PublishNotAllowedError, {"actor": publisher(OTHER_CITY)}),
        (errors.ReasonMissingError, {"basis": "  "}),
        (errors.MatterNotFoundError, {"precondition_code": "379999999999"}),
    ):
        with pytest.raises(error):
            cancel(second, first, **options)
    assert counts() == before


def test_checks_take_as_many_statements_for_many_as_for_few(catalog):
    taken = []
    for number in (2, 20):
        base = [out(f"基{number}-{n}") for n in range(2)]
        revisions = [
            reviewed(
                a_matter(f"事项{number}-{n}", preconditions=tuple(base)),
                issuer=CITY,
                local_code=f"L{number}-{n}",
            )
            for n in range(number)
        ]
        with CaptureQueriesContext(connection) as captured:
            published(*revisions, issuer=CITY)
        taken.append(len(captured))
    assert taken[0] == taken[1]


# --- the power list ---------------------------------------------------------------------------


def list_powers(issuer: str, **types: str) -> None:
    models.Directory.objects.create(
        issuer_code=issuer,
        kind="powers",
        version=1,
        title="权力清单",
        status="published",
        effective_from=DAY,
        entry_codes=types,
        edited_at=NOW,
        edited_by="test",
        published_at=NOW,
        published_by="test",
    )


def test_where_a_power_list_is_published_nothing_else_is(catalog):
    list_powers(PROVINCE, P1="01", P7="07")
    before = AuditEntry.objects.filter(action="release.refuse").count()
    for item in ("", "P7", "P9"):
        revision = reviewed(
            a_matter("清单外", power_item=item), issuer=CITY, local_code=f"U-{item}"
        )
        was = counts()
        with pytest.raises(errors.NotOnListError) as caught:
            published(revision, issuer=CITY)
        assert "山东省" in caught.value.message("zh-Hans")
        assert counts() == was
    attempts = AuditEntry.objects.filter(action="release.refuse").order_by("sequence")
    assert attempts.count() == before + 3
    assert attempts.last().data["matters"] == [revision.matter_id]
    assert out("清单内", power_item="P1")
    assert out("公共服务", matter_type="20")


def test_a_list_of_another_city_says_nothing_here(catalog):
    list_powers(OTHER_CITY, P1="01")
    assert out("德州事项")
    with pytest.raises(errors.NotOnListError):
        out("菏泽事项", issuer=OTHER_CITY)


def test_an_import_publishes_only_what_hangs_together(catalog):
    list_powers(PROVINCE, P1="01")
    rows = [
        SourceRow(1, a_matter("清单内", power_item="P1"), local_code="I-1"),
        SourceRow(2, a_matter("清单外"), local_code="I-2"),
        SourceRow(
            3,
            a_matter("前置不存在", power_item="P1", preconditions=("379999999999",)),
            local_code="I-3",
        ),
    ]
    report = import_matters.import_matters(
        actor=actors.operator("test"),
        issuer_code=CITY,
        source=Source(rows=rows),
        publish=True,
        now=NOW,
    )
    assert (report.created, report.published) == (3, 1)
    assert {(f.row, f.code) for f in report.lacking} == {
        (2, judging.NOT_ON_LIST),
        (3, "PRECONDITION_UNKNOWN"),
    }
    attempt = AuditEntry.objects.get(action="release.refuse")
    unlisted = models.StandardMatter.objects.get(local_code="I-2")
    assert attempt.data == {"code": "NOT_ON_LIST", "matters": [unlisted.code]}
    release = models.Release.objects.get(issuer_code=CITY)
    assert (release.kind, release.items.count()) == ("import", 1)
    assert queries.find_matters(on=DAY).filter(matter__issuer_code=CITY).count() == 1
