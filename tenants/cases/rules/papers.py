"""The papers that a case brings forth."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class PaperKind(StrEnum):
    """Documents that an applicant takes away: dated, numbered and signed."""

    INTAKE_RECEIPT = "intake_receipt"
    NOTICE = "notice"
    COMMITMENT = "commitment"
    ACCEPTANCE = "acceptance"
    REFUSAL = "refusal"
    APPROVAL = "approval"
    REJECTION = "rejection"
    EXTENSION = "extension"
    SPECIAL_PROCEDURE = "special_procedure"
    TERMINATION = "termination"
    REVOCATION = "revocation"
    RESULT = "result"
    DELIVERY_RECORD = "delivery_record"


PAPER_TITLES: Final[Mapping[PaperKind, tuple[str, str]]] = {
    PaperKind.INTAKE_RECEIPT: ("收件回执", "SJ"),
    PaperKind.NOTICE: ("一次告知书", "GZ"),
    PaperKind.COMMITMENT: ("告知承诺书", "CN"),
    PaperKind.ACCEPTANCE: ("受理通知书", "SL"),
    PaperKind.REFUSAL: ("不予受理通知书", "BS"),
    PaperKind.APPROVAL: ("准予决定书", "ZY"),
    PaperKind.REJECTION: ("不予决定书", "BY"),
    PaperKind.EXTENSION: ("延期告知书", "YQ"),
    PaperKind.SPECIAL_PROCEDURE: ("特别程序告知书", "TB"),
    PaperKind.TERMINATION: ("终止办理告知书", "ZZ"),
    PaperKind.REVOCATION: ("撤销决定书", "CX"),
    PaperKind.RESULT: ("办理结果", "ZJ"),
    PaperKind.DELIVERY_RECORD: ("送达回证", "SD"),
}
"""Kind → title and the letters by which its number is told from others of the case."""
