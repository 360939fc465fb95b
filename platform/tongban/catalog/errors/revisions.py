"""What is refused of matters and their revisions in work."""

from collections.abc import Mapping
from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class MatterNotFoundError(DomainError):
    code = "MATTER_NOT_FOUND"
    message_zh = "目录中没有编码为“{matter}”的事项。"
    message_en = "The catalog has no matter {matter}."


class NotOnListError(DomainError):
    """清单之外无审批: what is on no center's list is neither accepted nor published there."""

    code = "NOT_ON_LIST"
    message_zh = "“{center}”的清单中没有事项“{matter}”，清单之外无审批。"
    message_en = "Matter {matter} is not on the list of center {center}: it is not handled there."


class RevisionNotFoundError(DomainError):
    code = "REVISION_NOT_FOUND"
    message_zh = "事项“{matter}”没有该版本。"
    message_en = "Matter {matter} has no such revision."


class RevisionStateError(ReasonedError):
    """What is to be done needs another state of the revision; ``status`` says where it stands."""

    message_zh = "{because}。"
    message_en = "{because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "draft": ("该版本尚未审核", "the revision is not reviewed yet"),
        "reviewed": ("该版本已审核，须先退回", "the revision is reviewed; return it first"),
        "published": ("该版本已发布", "the revision is published already"),
        "superseded": ("该版本已被取代", "the revision is superseded"),
    }


class RevisionNotEditableError(RevisionStateError):
    code = "REVISION_EDIT_NOT_ALLOWED"
    message_zh = "不能修改：{because}。"
    message_en = "It can't be edited: {because}."


class RevisionNotDiscardableError(RevisionStateError):
    code = "REVISION_DISCARD_NOT_ALLOWED"
    message_zh = "不能删除：{because}。"
    message_en = "It can't be discarded: {because}."


class RevisionNotReviewableError(RevisionStateError):
    code = "REVISION_REVIEW_NOT_ALLOWED"
    message_zh = "不能审核：{because}。"
    message_en = "It can't be reviewed: {because}."


class RevisionNotReturnableError(RevisionStateError):
    code = "REVISION_RETURN_NOT_ALLOWED"
    message_zh = "不能退回：{because}。"
    message_en = "It can't be returned: {because}."


class RevisionNotPublishableError(RevisionStateError):
    code = "REVISION_PUBLISH_NOT_ALLOWED"
    message_zh = "不能发布：{because}。"
    message_en = "It can't be published: {because}."


class DraftNotAllowedError(DomainError):
    code = "MATTER_DRAFT_NOT_ALLOWED"
    message_zh = "只有目录编辑人员可以编制事项，且限于其管辖区划。"
    message_en = "Only a catalog editor may draft matters, within the division of the role."


class ReviewNotAllowedError(DomainError):
    code = "MATTER_REVIEW_NOT_ALLOWED"
    message_zh = "只有目录审核人员可以审核或退回事项，且限于其管辖区划。"
    message_en = "Only a catalog reviewer may review or return matters, within the role's division."


class MatterCodeError(ReasonedError):
    code = "MATTER_CODE_INVALID"
    message_zh = "事项编码不能使用：{because}。"
    message_en = "The code of the matter can't be used: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "MISSING": ("基本编码和本地编码至少填一项", "give its national or its local code"),
        "MISMATCH": (
            "“{found}”与发布机关或事项类型不符",
            "{found} doesn't agree with the issuer or the type",
        ),
        "TAKEN": ("“{found}”已被使用", "{found} is taken"),
    }


class ContentInvalidError(ReasonedError):
    """The content has not the form of a content; the path names the first such element.

    ``label`` is what people call it.
    """

    code = "MATTER_CONTENT_INVALID"
    message_zh = "事项内容填写有误：{because}。"
    message_en = "The content is not right: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "MISSING": ("“{label}”缺少必填内容", "{field}: something that it needs is missing"),
        "NOT_TEXT": ("“{label}”应为文字", "{field}: it must be text"),
        "TOO_LONG": ("“{label}”内容过长（{found}）", "{field}: it is too long ({found})"),
        "NOT_A_CODE": ("“{label}”“{found}”不是有效代码", "{field}: {found} is no valid code"),
        "NOT_A_FLAG": ("“{label}”应为是或否", "{field}: it must be true or false"),
        "NOT_A_NUMBER": ("“{label}”应为整数", "{field}: it must be a whole number"),
        "NOT_MONEY": ("“{label}”“{found}”不是金额", "{field}: {found} is no amount of money"),
        "OUT_OF_RANGE": ("“{label}”“{found}”超出范围", "{field}: {found} is out of range"),
        "NOT_A_LIST": ("“{label}”应为列表", "{field}: it must be a list"),
        "NOT_AN_OBJECT": ("“{label}”应为对象", "{field}: it must be an object"),
    }


class ReasonMissingError(DomainError):
    code = "REASON_MISSING"
    message_zh = "请写明理由或依据（不超过 {longest} 字）。"
    message_en = "Say why, or on what basis, in at most {longest} characters."


class CatalogFileError(ReasonedError):
    code = "CATALOG_FILE_INVALID"
    message_zh = "该文件不能使用：{because}。"
    message_en = "This file can't be used: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "EMPTY": ("“{filename}”是空的", "“{filename}” is empty"),
        "TOO_LARGE": (
            "“{filename}”超过 {limit} 字节",
            "“{filename}” has more than {limit} bytes",
        ),
        "TYPE": (
            "只接受内容确为 PDF、OFD、JPEG、PNG 或者 HEIC 的文件，“{filename}”不是",
            "its content must be PDF, OFD, JPEG, PNG or HEIC, that of “{filename}” isn't",
        ),
    }


class AttachmentPlaceError(DomainError):
    code = "ATTACHMENT_PLACE_UNKNOWN"
    message_zh = "草稿中没有编号为“{material}”的材料，或者还没有写明办理结果。"
    message_en = "The draft has no material {material}, or says no result yet."


class ChoiceInvalidError(ReasonedError):
    code = "CHOICE_INVALID"
    message_zh = "所选办理情形或者回答与该事项不符：{because}。"
    message_en = "The matter doesn't offer this choice: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "UNKNOWN_VARIANT": ("没有编号为“{found}”的办理情形", "it has no variant {found}"),
        "UNKNOWN_QUESTION": ("没有编号为“{found}”的问题", "it has no question {found}"),
        "UNKNOWN_OPTION": ("没有编号为“{found}”的选项", "the question has no option {found}"),
        "NOT_ASKED": (
            "按已选情形和其他回答，无需回答“{found}”",
            "question {found} isn't asked with this variant and these answers",
        ),
        "ANSWERED_TWICE": ("“{found}”回答了两次", "question {found} is answered twice"),
    }


class SamePersonError(DomainError):
    """Who wrote it neither reviews nor publishes it (两人以上办理)."""

    code = "SAME_PERSON"
    message_zh = "编制、审核和发布须由不同的人员完成。"
    message_en = "Writing, reviewing and publishing are done by different people."
