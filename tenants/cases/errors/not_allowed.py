"""Actions that somebody sees and may not take: each with the reason why."""

from collections.abc import Mapping
from typing import Final

from tongban.kernel.errors import DomainError, ReasonedError

BECAUSE: Final[Mapping[str, tuple[str, str]]] = {
    "ROLE": ("您的岗位没有该项权限", "your role does not permit it"),
    "OWN_CASE": ("您是申请人，不得办理本人的办件", "you are its applicant"),
    "OWNER": ("该办件应由“{owner}”决定", "center {owner} must decide it"),
    "STATE": ("该办件当前状态为“{state_text}”", "the case is {state}"),
    "REAL_NAME": ("请先完成实名认证", "verify your identity first"),
    "OTHER_PERSON": ("只能以本人名义申请", "you may apply in your own name only"),
    "REVIEW_MISSING": ("{names}尚无审查意见", "no review is recorded ({names})"),
    "VERIFICATION_MISSING": (
        "{names}尚无审核意见",
        "no verification is recorded ({names})",
    ),
    "NOT_POSTED": (
        "您不是{names}派驻本中心的人员",
        "{names} does not post you in the center",
    ),
    "CONSULTATION": (
        "本中心规定疑难会商期间不停止计时",
        "the clock of this center does not stand still for a consultation",
    ),
    "TACIT": (
        "已超过期限，依法视为准予",
        "its limit is over, and it counts as approved by law",
    ),
    "NO_DEBT": ("没有待核对的容缺材料", "no material that is owed waits for a look"),
    "NO_COMMITMENT": ("没有待核查的承诺", "no commitment waits for its verification"),
    "NO_BROKEN_COMMITMENT": (
        "没有核查不实且未整改的承诺",
        "no commitment was found not kept and left so",
    ),
    "NOT_URGED": ("没有待回复的督办", "no urging waits for a reply"),
    "RATED": ("已经评价过", "it was rated already"),
    "NO_RECTIFICATION": ("没有待整改的差评", "no bad rating waits for its rectification"),
    "NO_BAD_RATING": ("没有可申诉的差评", "there is no bad rating to appeal against"),
    "NO_APPEAL": ("没有待裁定的申诉", "no appeal waits for a decision"),
    "EXTENDED": ("办理期限已延长过一次", "its limit was extended once already"),
    "STATUTORY": (
        "办理该事项依法定职责进行，不以同意为前提；不愿办理的可撤回申请",
        "its handling rests on the law, not on a consent; the application can be withdrawn",
    ),
    "NO_CONSENT": ("没有可撤回的同意", "there is no consent left to withdraw"),
    "OVERDUE": ("法定期限已过，不得再延长", "its legal limit is over"),
    "NO_DEPARTMENT": (
        "该部门没有入驻本中心，结果不需要用印",
        "its department does not work in the center, so no seal is needed",
    ),
    "UNFAVOURABLE": (
        "{names}的审查或审核意见为不同意",
        "review or verification is not favourable ({names})",
    ),
}
"""Why an action is not allowed, by the ``reason`` of the refusal: zh-Hans and en."""


class _NotAllowedError(ReasonedError):
    because = BECAUSE


class CaseSubmitNotAllowedError(_NotAllowedError):
    code = "CASE_SUBMIT_NOT_ALLOWED"
    message_zh = "不能提交该办件：{because}。"
    message_en = "The case can't be submitted: {because}."


class CaseAddMaterialNotAllowedError(_NotAllowedError):
    code = "CASE_ADD_MATERIAL_NOT_ALLOWED"
    message_zh = "不能补充材料：{because}。"
    message_en = "No material can be added: {because}."


class CaseIssueNoticeNotAllowedError(_NotAllowedError):
    code = "CASE_ISSUE_NOTICE_NOT_ALLOWED"
    message_zh = "不能作出一次告知：{because}。"
    message_en = "No notice can be issued: {because}."


class CaseAnswerNoticeNotAllowedError(_NotAllowedError):
    code = "CASE_ANSWER_NOTICE_NOT_ALLOWED"
    message_zh = "不能提交补正：{because}。"
    message_en = "The notice can't be answered: {because}."


class CaseAcceptNotAllowedError(_NotAllowedError):
    code = "CASE_ACCEPT_NOT_ALLOWED"
    message_zh = "不能受理该办件：{because}。"
    message_en = "The case can't be accepted: {because}."


class CaseRefuseNotAllowedError(_NotAllowedError):
    code = "CASE_REFUSE_NOT_ALLOWED"
    message_zh = "不能作出不予受理：{because}。"
    message_en = "Acceptance can't be refused: {because}."


class CaseSettleDebtNotAllowedError(_NotAllowedError):
    code = "CASE_SETTLE_DEBT_NOT_ALLOWED"
    message_zh = "不能核对容缺材料：{because}。"
    message_en = "What is owed can't be looked at: {because}."


class CaseVerifyCommitmentNotAllowedError(_NotAllowedError):
    code = "CASE_VERIFY_COMMITMENT_NOT_ALLOWED"
    message_zh = "不能核查承诺：{because}。"
    message_en = "The commitment can't be verified: {because}."


class CaseRevokeDecisionNotAllowedError(_NotAllowedError):
    code = "CASE_REVOKE_DECISION_NOT_ALLOWED"
    message_zh = "不能撤销决定：{because}。"
    message_en = "The decision can't be revoked: {because}."


class CaseStartReviewNotAllowedError(_NotAllowedError):
    code = "CASE_START_REVIEW_NOT_ALLOWED"
    message_zh = "不能开始审查：{because}。"
    message_en = "The review can't be started: {because}."


class CaseRecordReviewNotAllowedError(_NotAllowedError):
    code = "CASE_RECORD_REVIEW_NOT_ALLOWED"
    message_zh = "不能录入审查意见：{because}。"
    message_en = "The review can't be recorded: {because}."


class CaseDecideNotAllowedError(_NotAllowedError):
    code = "CASE_DECIDE_NOT_ALLOWED"
    message_zh = "不能作出决定：{because}。"
    message_en = "The case can't be decided: {because}."


class CaseIssueResultNotAllowedError(_NotAllowedError):
    code = "CASE_ISSUE_RESULT_NOT_ALLOWED"
    message_zh = "不能出件：{because}。"
    message_en = "The result can't be issued: {because}."


class CaseCompleteNotAllowedError(_NotAllowedError):
    code = "CASE_COMPLETE_NOT_ALLOWED"
    message_zh = "不能办结：{because}。"
    message_en = "The case can't be completed: {because}."


class CaseWithdrawNotAllowedError(_NotAllowedError):
    code = "CASE_WITHDRAW_NOT_ALLOWED"
    message_zh = "不能撤回申请：{because}。"
    message_en = "The application can't be withdrawn: {because}."


class CaseDiscardNotAllowedError(_NotAllowedError):
    code = "CASE_DISCARD_NOT_ALLOWED"
    message_zh = "不能删除草稿：{because}。"
    message_en = "Only a draft can be discarded: {because}."


class CaseWithdrawConsentNotAllowedError(_NotAllowedError):
    code = "CASE_WITHDRAW_CONSENT_NOT_ALLOWED"
    message_zh = "不能撤回同意：{because}。"
    message_en = "The consent can't be withdrawn: {because}."


class CaseRebaseNotAllowedError(_NotAllowedError):
    code = "CASE_REBASE_NOT_ALLOWED"
    message_zh = "不能改按现行实施清单办理：{because}。"
    message_en = "The case can't be moved to the present offering: {because}."


class CaseRevealFieldNotAllowedError(_NotAllowedError):
    code = "CASE_REVEAL_FIELD_NOT_ALLOWED"
    message_zh = "不能查看该项个人信息：{because}。"
    message_en = "The field can't be revealed: {because}."


class CaseSuspendNotAllowedError(_NotAllowedError):
    code = "CASE_SUSPEND_NOT_ALLOWED"
    message_zh = "不能启动特别程序：{because}。"
    message_en = "The clock can't be stopped: {because}."


class CaseResumeNotAllowedError(_NotAllowedError):
    code = "CASE_RESUME_NOT_ALLOWED"
    message_zh = "不能恢复计时：{because}。"
    message_en = "The clock can't go on: {because}."


class CaseExtendNotAllowedError(_NotAllowedError):
    code = "CASE_EXTEND_NOT_ALLOWED"
    message_zh = "不能延长办理期限：{because}。"
    message_en = "The limit can't be extended: {because}."


class CaseTerminateNotAllowedError(_NotAllowedError):
    code = "CASE_TERMINATE_NOT_ALLOWED"
    message_zh = "不能终止办理：{because}。"
    message_en = "The case can't be terminated: {because}."


class CaseDisputeCompletionNotAllowedError(_NotAllowedError):
    code = "CASE_DISPUTE_COMPLETION_NOT_ALLOWED"
    message_zh = "不能对办结提出异议：{because}。"
    message_en = "The completion can't be disputed: {because}."


class CaseUrgeNotAllowedError(_NotAllowedError):
    code = "CASE_URGE_NOT_ALLOWED"
    message_zh = "不能督办该办件：{because}。"
    message_en = "The case can't be urged: {because}."


class CaseReplyUrgingNotAllowedError(_NotAllowedError):
    code = "CASE_REPLY_URGING_NOT_ALLOWED"
    message_zh = "不能回复督办：{because}。"
    message_en = "The urging can't be answered: {because}."


class CaseRateNotAllowedError(_NotAllowedError):
    code = "CASE_RATE_NOT_ALLOWED"
    message_zh = "不能评价该办件：{because}。"
    message_en = "The case can't be rated: {because}."


class CaseAnswerRectificationNotAllowedError(_NotAllowedError):
    code = "CASE_ANSWER_RECTIFICATION_NOT_ALLOWED"
    message_zh = "不能回复差评整改：{because}。"
    message_en = "The rectification can't be answered: {because}."


class CaseAppealRatingNotAllowedError(_NotAllowedError):
    code = "CASE_APPEAL_RATING_NOT_ALLOWED"
    message_zh = "不能对差评申诉：{because}。"
    message_en = "The rating can't be appealed against: {because}."


class CaseDecideAppealNotAllowedError(_NotAllowedError):
    code = "CASE_DECIDE_APPEAL_NOT_ALLOWED"
    message_zh = "不能裁定差评申诉：{because}。"
    message_en = "The appeal can't be decided: {because}."


class CaseAssessFeeNotAllowedError(_NotAllowedError):
    code = "CASE_ASSESS_FEE_NOT_ALLOWED"
    message_zh = "不能核定费用：{because}。"
    message_en = "The fee can't be assessed: {because}."


class CaseWaiveFeeNotAllowedError(_NotAllowedError):
    code = "CASE_WAIVE_FEE_NOT_ALLOWED"
    message_zh = "不能减免费用：{because}。"
    message_en = "The fee can't be waived: {because}."


class CaseRecordPaymentNotAllowedError(_NotAllowedError):
    code = "CASE_RECORD_PAYMENT_NOT_ALLOWED"
    message_zh = "不能收费：{because}。"
    message_en = "No payment can be recorded: {because}."


class CaseUseSealNotAllowedError(_NotAllowedError):
    code = "CASE_USE_SEAL_NOT_ALLOWED"
    message_zh = "不能用印：{because}。"
    message_en = "The result can't be sealed: {because}."


NOT_ALLOWED: Final[Mapping[str, type[DomainError]]] = {
    "submit_case": CaseSubmitNotAllowedError,
    "add_material": CaseAddMaterialNotAllowedError,
    "issue_notice": CaseIssueNoticeNotAllowedError,
    "answer_notice": CaseAnswerNoticeNotAllowedError,
    "accept_case": CaseAcceptNotAllowedError,
    "refuse_case": CaseRefuseNotAllowedError,
    "settle_debt": CaseSettleDebtNotAllowedError,
    "verify_commitment": CaseVerifyCommitmentNotAllowedError,
    "start_review": CaseStartReviewNotAllowedError,
    "record_review": CaseRecordReviewNotAllowedError,
    "decide_case": CaseDecideNotAllowedError,
    "assess_fee": CaseAssessFeeNotAllowedError,
    "waive_fee": CaseWaiveFeeNotAllowedError,
    "record_payment": CaseRecordPaymentNotAllowedError,
    "use_seal": CaseUseSealNotAllowedError,
    "issue_result": CaseIssueResultNotAllowedError,
    "complete_case": CaseCompleteNotAllowedError,
    "withdraw_case": CaseWithdrawNotAllowedError,
    "withdraw_consent": CaseWithdrawConsentNotAllowedError,
    "discard_case": CaseDiscardNotAllowedError,
    "rebase_case": CaseRebaseNotAllowedError,
    "suspend_case": CaseSuspendNotAllowedError,
    "resume_case": CaseResumeNotAllowedError,
    "extend_case": CaseExtendNotAllowedError,
    "terminate_case": CaseTerminateNotAllowedError,
    "dispute_completion": CaseDisputeCompletionNotAllowedError,
    "revoke_decision": CaseRevokeDecisionNotAllowedError,
    "urge_case": CaseUrgeNotAllowedError,
    "reply_urging": CaseReplyUrgingNotAllowedError,
    "rate_case": CaseRateNotAllowedError,
    "answer_rectification": CaseAnswerRectificationNotAllowedError,
    "appeal_rating": CaseAppealRatingNotAllowedError,
    "decide_appeal": CaseDecideAppealNotAllowedError,
}
"""Action → the refusal of it."""
