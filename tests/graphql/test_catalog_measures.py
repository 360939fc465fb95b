"""What is measured of a catalog, as anybody reads it by the shipped documents."""

from datetime import timedelta
from typing import Any

import pytest

from tests.graphql.client import codes, execute, operation
from tests.issuing import CITY, FIRST, issue, materials, steps
from tongban.catalog.rules.content import Limit
from tongban.kernel.calendar import LimitUnit

ADVERTISING = "370199900001"
LATER = FIRST + timedelta(days=30)


@pytest.fixture
def revised(db):
    issue(ADVERTISING, materials=materials(10), steps=steps(6))
    issue(
        ADVERTISING,
        on=LATER,
        materials=materials(6),
        steps=steps(3),
        promised_limit=Limit(10, LimitUnit.WORKING_DAY),
    )


def ask(name: str, **variables: Any) -> Any:
    answer = execute(operation(name), variables)
    assert "errors" not in answer, answer
    return answer["data"][name[0].lower() + name[1:]]


def test_counts_promises_and_cuts_of_a_division(revised):
    found = ask("CatalogMeasures", issuer=CITY, since=FIRST.isoformat())
    assert (found["matters"], found["oneReview"]) == (1, 0)
    assert found["approvals"] > 1  # those that the province issued for cities, too
    assert (found["oneReviewPercent"], found["meanPromisedDays"]) == ("0.00", "10.00")
    assert found["byType"] == [{"matterType": "01", "name": "行政许可", "count": 1}]
    assert found["byLine"] == [{"serviceLine": "APPROVAL", "count": 1}]
    assert found["cuts"] == {
        "materials": 4,
        "materialsAdded": 0,
        "steps": 3,
        "stepsAdded": 0,
        "matters": 0,
    }
    before = ask("CatalogMeasures", issuer=CITY, on=FIRST.isoformat())
    assert (before["meanPromisedDays"], before["cuts"]) == ("20.00", None)
    neighbour = ask("CatalogMeasures", issuer="371700000000", since=FIRST.isoformat(), below=True)
    assert (neighbour["matters"], neighbour["cuts"]["materials"]) == (0, 0)


def test_the_reduction_names_what_falls_short(revised):
    found = ask("Reduction", matter=ADVERTISING, baseline=1)
    assert not found["passes"]
    assert [one for one in found["measures"] if not one["isEnough"]] == [
        {
            "measure": "MATERIALS",
            "before": "10",
            "after": "6",
            "percent": "40.00",
            "isEnough": False,
        }
    ]
    assert ask("Reduction", matter=ADVERTISING, baseline=1, demandedPercent=40)["passes"]
    assert ask("Reduction", matter=ADVERTISING, baseline=3) is None


@pytest.mark.parametrize("demanded", [0, 101, -50])
def test_a_demand_that_cannot_be_is_refused(db, demanded):
    answer = execute(
        operation("Reduction"),
        {"matter": ADVERTISING, "baseline": 1, "demandedPercent": demanded},
    )
    assert codes(answer) == ["BAD_REQUEST"]


def test_a_center_is_measured(db):
    found = ask("CenterMeasures", center="371402")
    assert found["matters"] > found["approvals"] > 0
    assert found["meanPromisedDays"]
    assert ask("CenterMeasures", center="999999") is None
