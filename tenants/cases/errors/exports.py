"""What exporting lists of cases refuses."""

from tongban.kernel.errors import DomainError


class CaseExportNotAllowedError(DomainError):
    code = "CASE_EXPORT_NOT_ALLOWED"
    message_zh = "仅中心管理人员、部门负责人和监督人员可导出办件清单。"
    message_en = "Lists are exported by managers, department managers and supervisors only."


class CaseExportLimitError(DomainError):
    code = "CASE_EXPORT_LIMIT"
    message_zh = "您已有 {limit} 份导出尚未完成，请等待完成或取消后再试。"
    message_en = "You have {limit} exports under way; wait for one, or cancel it."


class CaseExportNotFoundError(DomainError):
    code = "CASE_EXPORT_NOT_FOUND"
    message_zh = "没有这份导出，或它不属于您。"
    message_en = "There is no such export of yours."


class CaseExportEndedError(DomainError):
    code = "CASE_EXPORT_ENDED"
    message_zh = "导出已经结束，不能取消。"
    message_en = "The export has ended already."
