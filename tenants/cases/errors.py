"""What cases refuse."""

from tongban.kernel.errors import DomainError


class CaseNotFoundError(DomainError):
    code = "CASE_NOT_FOUND"
    message_zh = "没有该办件，或您无权查看。"
    message_en = "There is no such case, or you may not see it."


class NotCustodianError(DomainError):
    code = "NOT_CUSTODIAN"
    message_zh = "该办件现由“{custodian}”办理，请到该中心操作。"
    message_en = "The case is held by center {custodian}; act there."


class CustodyInTransitError(DomainError):
    code = "CUSTODY_IN_TRANSIT"
    message_zh = "该办件正在移交途中，对方接收或退回之前不能操作。"
    message_en = "The case is in transit: it can't be changed until it is accepted or given back."
