"""One person's requests for exports at the same moment: no more than a few are under way."""

import uuid
from functools import partial

from tenants.cases import errors, models, rules
from tenants.cases.operations import exporting
from tenants.staff.rules import CenterRole
from tests.casework import Desk
from tests.concurrency.test_case_races import race
from tongban.kernel.context import center_context

REQUESTS = 8


def ask(desk, manager):
    with center_context(desk.center):
        return exporting.export_cases(
            actor=manager,
            where=rules.CaseFilter(),
            order=rules.Order.LATEST,
            file_format=rules.ExportFormat.CSV,
            idempotency_key=uuid.uuid4(),
            now=desk.now,
        )


def test_whoever_asks_many_times_at_once_has_a_few(committed_db):
    desk = Desk()
    manager = desk.who(CenterRole.MANAGER)
    results = race([partial(ask, desk, manager) for _ in range(REQUESTS)], threads=REQUESTS)
    refused = [result for result in results if isinstance(result, errors.CaseExportLimitError)]
    assert len(refused) == REQUESTS - rules.MOST_UNFINISHED
    with center_context(desk.center):
        assert models.CaseExport.objects.count() == rules.MOST_UNFINISHED
