"""What follows in a case when a scanner finds something in what was handed in."""

from datetime import datetime
from typing import Final

from tenants.cases import models
from tenants.cases.operations import debts, log, parties
from tenants.cases.states import Custody
from tongban.kernel import context
from tongban.kernel.files import ScanState
from tongban.kernel.ports import ScannedFile
from tongban.kernel.transactions import Work, unit_of_work

EVENT: Final = "case.file_infected"


def hear_of_scan(scanned: ScannedFile, now: datetime) -> None:
    """Tell each case that this center holds what was found in a file of it.

    What was found clean is told by the file's own state: it changes nothing in a case.
    """
    if not scanned.is_infected:
        return
    with unit_of_work() as work:
        found = models.MaterialFile.objects.filter(sha256=scanned.sha256)
        cases = models.Case.objects.select_for_update().filter(
            pk__in=found.values("material__case")
        )
        for case in cases.order_by("pk"):
            report(work, case, now=now)


def report(work: Work, case: models.Case, *, now: datetime) -> None:
    """Append what of the locked ``case``'s files was found infected and no event says yet.

    Where the case is not held nothing is written: who holds it knows too. One statement where
    nothing was found.
    """
    if case.custody != Custody.HELD or case.custodian_code != context.current_center():
        return
    infected = models.MaterialFile.objects.with_scans().in_state(ScanState.INFECTED)
    found = infected.filter(material__case=case).select_related("material").order_by("added_at")
    untold = list(found)
    if untold:
        told = set(case.events.filter(name=EVENT).values_list("data__file__sha256", flat=True))
        untold = [file for file in untold if file.sha256 not in told]
    for file in {file.sha256: file for file in untold}.values():
        log.append_event(
            work,
            case,
            name=EVENT,
            by=parties.system("文件扫描"),
            now=now,
            changes=debts.spoiled(case, file.material, now),
            data={
                "file": {
                    "material": file.material.code,
                    "filename": file.filename,
                    "sha256": file.sha256,
                },
                "signature": file.scan_signature,
            },
        )
