"""The script that writes the contract's files, for the tests that compare them."""

import importlib.util
from typing import Any

import pytest

from tests.database import PROJECT


@pytest.fixture(scope="session")
def contract() -> Any:
    """The script itself, loaded from its file."""
    path = PROJECT / "infra" / "contract.py"
    spec = importlib.util.spec_from_file_location("contract_script", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
