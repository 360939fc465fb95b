"""What the clock of a case refuses."""

from tongban.kernel.errors import DomainError


class ExtensionNotProvidedError(DomainError):
    code = "EXTENSION_NOT_PROVIDED"
    message_zh = "该事项的实施清单没有规定可以延长办理期限。"
    message_en = "The offering provides for no extension of its limit."


class ExtensionTooLongError(DomainError):
    code = "EXTENSION_TOO_LONG"
    message_zh = "办理期限只能延长 1 至 {limit} 日。"
    message_en = "The limit can be extended by 1 to {limit} days."


class ProcedureDaysError(DomainError):
    code = "PROCEDURE_DAYS_INVALID"
    message_zh = "须告知特别程序所需时间（1 至 {limit} 个工作日）。"
    message_en = "The applicant is told how long the procedure takes, 1 to {limit} working days."


class UrgingNotFoundError(DomainError):
    code = "URGING_NOT_FOUND"
    message_zh = "该办件没有第 {urging} 次督办，或已回复。"
    message_en = "The case has no urging {urging} that waits for a reply."


class SameApproverError(DomainError):
    code = "SAME_APPROVER"
    message_zh = "延长期限须由经办人以外的首席代表批准。"
    message_en = "An extension is approved by a chief representative who does not handle the case."
