"""Fixtures of the tests that go through the API's own door."""

from collections.abc import Iterator

import pytest

from schema.rates import buckets


@pytest.fixture(autouse=True)
def full_buckets() -> Iterator[None]:
    """Every test starts with callers who have asked nothing yet."""
    buckets.forget()
    yield
    buckets.forget()
