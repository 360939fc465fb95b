"""The first query of the README, as it stands there."""

import json
import re

import pytest

from tests.database import PROJECT
from tests.graphql.client import execute


@pytest.mark.parametrize("name", ["README.md", "README.zh-CN.md"])
def test_the_first_query_is_answered(db, name):
    [body] = re.findall(r"-d '(\{\"query\".*?\})'\n", (PROJECT / name).read_text())
    answer = execute(json.loads(body)["query"], center="371402")
    assert "errors" not in answer
    assert len(answer["data"]["offerings"]["edges"]) == 3
