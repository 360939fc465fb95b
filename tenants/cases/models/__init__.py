"""Tables of cases in a center's own schema."""

from tenants.cases.models.case import (
    FURTHER,
    Case,
    CaseCounter,
    CaseEvent,
    Material,
    MaterialFile,
    Notice,
    Paper,
    ReviewTask,
    read_column,
)
from tenants.cases.models.export import CaseExport
from tenants.cases.models.finding import Finding
from tenants.cases.models.letterhead import Letterhead
from tenants.cases.models.provisional import ProvisionalBlock
from tenants.cases.models.rating import Rating
from tenants.cases.models.receipt import FeeReceipt
from tenants.cases.models.task import Task
from tenants.cases.models.upload import Upload
from tenants.cases.models.urging import Urging

__all__ = [
    "FURTHER",
    "Case",
    "CaseCounter",
    "CaseEvent",
    "CaseExport",
    "FeeReceipt",
    "Finding",
    "Letterhead",
    "Material",
    "MaterialFile",
    "Notice",
    "Paper",
    "ProvisionalBlock",
    "Rating",
    "ReviewTask",
    "Task",
    "Upload",
    "Urging",
    "read_column",
]
