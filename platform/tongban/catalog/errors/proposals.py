"""What is refused of proposals."""

from collections.abc import Mapping
from typing import ClassVar

from tongban.catalog.errors.revisions import ContentInvalidError
from tongban.kernel.errors import DomainError, ReasonedError


class ProposalNotFoundError(DomainError):
    code = "PROPOSAL_NOT_FOUND"
    message_zh = "没有该修改建议。"
    message_en = "There is no such proposal."


class ProposalNotAllowedError(DomainError):
    code = "PROPOSAL_NOT_ALLOWED"
    message_zh = "修改建议由本中心实施清单编辑人员提出和撤回，由发布标准的区划的目录编辑人员答复。"
    message_en = (
        "A center's offering editors propose and withdraw; editors of the issuer's catalog answer."
    )


class ProposalTextError(DomainError):
    code = "PROPOSAL_TEXT_INVALID"
    message_zh = "此项为空、超过 {longest} 字，或含有不能保存的字符。"
    message_en = "This is empty, longer than {longest} characters, or holds what can't be kept."


class ProposalElementError(ContentInvalidError):
    """A proposed element has not the form it must have; the path names it."""

    code = "PROPOSAL_ELEMENT_INVALID"
    message_zh = "建议的内容填写有误：{because}。"
    message_en = "What is proposed is not right: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        **ContentInvalidError.because,
        "UNKNOWN_ELEMENT": ("没有名为“{found}”的要素", "there is no element {found}"),
    }


class ProposalEmptyError(DomainError):
    code = "PROPOSAL_CHANGES_NOTHING"
    message_zh = "标准目录已是所建议的内容。"
    message_en = "The standard says so already."


class ProposalAnsweredError(ReasonedError):
    code = "PROPOSAL_ANSWERED"
    message_zh = "该建议不能再更改：{because}。"
    message_en = "The proposal can't be changed any more: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "accepted": ("已采纳", "it is accepted"),
        "declined": ("已答复不采纳", "it is declined"),
        "withdrawn": ("已撤回", "it is withdrawn"),
        "published": ("已采纳并发布", "it is accepted and published"),
    }
