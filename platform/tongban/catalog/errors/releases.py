"""What is refused of releases, and of the register of cancelled preconditions."""

from collections.abc import Mapping
from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class PublishNotAllowedError(DomainError):
    code = "MATTER_PUBLISH_NOT_ALLOWED"
    message_zh = "只有目录发布人员可以发布事项，且限于其管辖区划。"
    message_en = "Only a catalog publisher may publish matters, within the division of the role."


class ReleaseNotFoundError(DomainError):
    code = "RELEASE_NOT_FOUND"
    message_zh = "没有该次发布。"
    message_en = "There is no such release."


class ReleaseInvalidError(ReasonedError):
    code = "RELEASE_INVALID"
    message_zh = "不能发布：{because}。"
    message_en = "This can't be released: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "EMPTY": ("没有选择事项版本", "it holds no revision"),
        "TOO_MANY": ("一次最多发布 {longest} 个版本", "it holds more than {longest} revisions"),
        "TITLE": ("标题须为 1 至 200 字", "its title must have 1 to 200 characters"),
        "REPEATED": ("事项“{found}”重复", "matter {found} is there twice"),
        "ISSUED_ELSEWHERE": (
            "事项“{found}”由其他机关发布",
            "matter {found} is issued by another division",
        ),
    }


class ReleaseWithdrawError(ReasonedError):
    code = "RELEASE_WITHDRAW_NOT_ALLOWED"
    message_zh = "不能撤回：{because}。"
    message_en = "The release can't be withdrawn: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "IN_FORCE": ("已经施行", "its day has come"),
        "WITHDRAWN": ("已经撤回", "it is withdrawn already"),
        "ROUND": (
            "清理轮次已经结束，其决定由下一轮更改",
            "it closed a clean-up round; the next round decides otherwise",
        ),
        "BUILT_ON": (
            "事项“{found}”已有后续草稿或发布",
            "matter {found} has a later draft or release",
        ),
    }


class EffectiveDayError(DomainError):
    code = "EFFECTIVE_DAY_INVALID"
    message_zh = "生效日 {day} 不得早于 {earliest}。"
    message_en = "The effective day {day} must not lie before {earliest}."


class CancelledAlreadyError(DomainError):
    code = "PRECONDITION_CANCELLED_ALREADY"
    message_zh = "该前置条件已在取消登记中。"
    message_en = "This precondition is in the register already."
