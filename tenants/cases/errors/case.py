"""What cases refuse."""

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from tongban.kernel.errors import DomainError, ReasonedError


class CaseNotFoundError(DomainError):
    code = "CASE_NOT_FOUND"
    message_zh = "没有该办件，或您无权查看。"
    message_en = "There is no such case, or you may not see it."


class NotCustodianError(DomainError):
    code = "NOT_CUSTODIAN"
    message_zh = "该办件现由“{name}”办理，请到该中心操作。"
    message_en = "The case is held by {name}; act there."


class CustodyInTransitError(DomainError):
    code = "CUSTODY_IN_TRANSIT"
    message_zh = "该办件正在移交途中，对方接收或退回之前不能操作。"
    message_en = "The case is in transit: it can't be changed until it is accepted or given back."


class CaseRebaseUnchangedError(DomainError):
    code = "CASE_REBASE_UNCHANGED"
    message_zh = "该办件所依据的实施清单与现行实施清单没有差别。"
    message_en = "The offering that the case has pinned is the present one."


class LegalBasisRequiredError(DomainError):
    code = "LEGAL_BASIS_REQUIRED"
    message_zh = "须写明所依据的法律文件及其条款。"
    message_en = "The statute and its article must be named."


class SamePersonError(DomainError):
    code = "SAME_PERSON"
    message_zh = "一审一核须由两人分别完成：审查人不得再作审核。"
    message_en = "Review and verification are done by two persons."


class DepartmentRequiredError(DomainError):
    code = "DEPARTMENT_REQUIRED"
    message_zh = "该办件由多个部门并联审查，请指明代表哪个部门：{names}。"
    message_en = "Several departments review the case; name the one: {names}."


class DepartmentNotInvolvedError(DomainError):
    code = "DEPARTMENT_NOT_INVOLVED"
    message_zh = "“{department}”不参加该办件的审查；参加的部门：{names}。"
    message_en = "{department} does not review the case; these do: {names}."


class MaterialMissingError(DomainError):
    code = "MATERIAL_MISSING"
    message_zh = "缺少必要材料：{names}。"
    message_en = "Required materials are missing: {names}."


class MaterialUnknownError(DomainError):
    code = "MATERIAL_UNKNOWN"
    message_zh = "该事项没有编号为“{material}”的材料。"
    message_en = "The matter has no material {material}."


class VariantRequiredError(DomainError):
    code = "VARIANT_REQUIRED"
    message_zh = "请先选择办理情形：{names}。"
    message_en = "One of the variants must be chosen: {names}."


class QuestionOpenError(DomainError):
    code = "QUESTION_OPEN"
    message_zh = "以下问题尚未回答：{names}"
    message_en = "These questions are not answered: {names}"


class FileTypeNotAllowedError(DomainError):
    code = "FILE_TYPE_NOT_ALLOWED"
    message_zh = "文件“{filename}”的内容不是 PDF、OFD、JPEG、PNG 或 HEIC。"
    message_en = "The content of {filename} is not PDF, OFD, JPEG, PNG or HEIC."


class FileTooLargeError(DomainError):
    code = "FILE_TOO_LARGE"
    message_zh = "文件“{filename}”超过 {limit} 字节。"
    message_en = "{filename} is larger than {limit} bytes."


class FileEmptyError(DomainError):
    code = "FILE_EMPTY"
    message_zh = "文件“{filename}”是空的。"
    message_en = "{filename} is empty."


class FileInfectedError(DomainError):
    code = "FILE_INFECTED"
    message_zh = "文件“{filename}”检出恶意代码，不能提交，请检查设备后换一个文件。"
    message_en = "Malicious code was found in {filename}: it can't be handed in."


class FilePendingError(DomainError):
    code = "FILE_PENDING"
    message_zh = "以下材料的文件正在进行安全扫描，请稍后再试：{names}。"
    message_en = "Files of these materials are being scanned; try again in a moment: {names}."


class FileRequiredError(DomainError):
    code = "FILE_REQUIRED"
    message_zh = "请至少上传一个文件。"
    message_en = "At least one file is needed."


class TooManyFilesError(DomainError):
    code = "TOO_MANY_FILES"
    message_zh = "一份材料最多 {limit} 个文件。"
    message_en = "A material has at most {limit} files."


class TooManyMaterialsError(DomainError):
    code = "TOO_MANY_MATERIALS"
    message_zh = "一个办件最多 {limit} 份材料。"
    message_en = "A case has at most {limit} materials."


_FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "representative": ("法定代表人", "representative's"),
    "handler": ("经办人", "handler's"),
    "name": ("姓名或名称", "name"),
    "idKind": ("证件类型", "kind of identifier"),
    "idNumber": ("证件号码", "identifier"),
    "phone": ("联系电话", "phone number"),
    "draftNumber": ("草稿", "draft"),
}


class ApplicantInvalidError(ReasonedError):
    """``field`` is the input's field, ``handler.idNumber``; ``reason`` a key of ``because``."""

    code = "APPLICANT_INVALID"
    message_zh = "申请人信息有误：{because}"
    message_en = "The applicant's data are wrong: {because}"
    because: ClassVar = {
        "EMPTY": ("{what}没有填写。", "the {what} is missing."),
        "LENGTH": ("{what}的位数或长度不对。", "the {what} has the wrong length."),
        "CHARACTER": ("{what}含有不允许的字符。", "the {what} has a character it can't have."),
        "CHECK_DIGIT": ("{what}的校验位不对，请逐位核对。", "the {what} has a wrong check digit."),
        "BIRTH_DATE": ("{what}中的出生日期不存在。", "the {what} holds no real date of birth."),
        "BIRTH_DATE_IN_FUTURE": ("{what}中的出生日期晚于今天。", "the {what} is of the future."),
        "KIND": ("{what}与申请人类型不符。", "the {what} does not fit the applicant."),
        "PHONE_INVALID": ("{what}不是有效号码。", "the {what} does not exist."),
        "PHONE_EXTENSION": ("{what}请不要带分机号。", "the {what} has an extension."),
        "PHONE_NOT_MAINLAND": ("{what}须为大陆号码。", "the {what} is not of the mainland."),
        "PHONE_NOT_MOBILE_OR_FIXED": (
            "{what}须为手机或固定电话。",
            "the {what} is neither mobile nor fixed.",
        ),
        "OTHER_APPLICATION": ("{what}是另一申请的。", "the {what} is of another application."),
    }

    def words(self, language: str) -> Mapping[str, Any]:
        """Add the field as people call it."""
        parts = [_FIELDS[part] for part in self.params["field"].split(".")]
        english = " ".join(part[1] for part in parts)
        chinese = "".join(part[0] for part in parts)
        return {**self.params, "what": english if language == "en" else chinese}


class FormInvalidError(ReasonedError):
    code = "FORM_INVALID"
    message_zh = "表单内容有误：{because}"
    message_en = "The form is not usable: {because}"
    because: ClassVar = {
        "NOT_AN_OBJECT": ("应为字段和内容的对应。", "it is no object."),
        "NOT_JSON": ("含有无法保存的内容。", "it holds what JSON can't."),
        "TOO_LARGE": ("内容超过 64 KiB。", "it is larger than 64 KiB."),
        "CHARACTER": ("含有不允许的字符。", "it has a character it can't have."),
        "IDENTITY_NUMBER": (
            "请勿在表单中填写身份证号，证件号码应填在申请人一栏。",
            "identity numbers belong to the applicant's own fields.",
        ),
    }


class TextInvalidError(DomainError):
    code = "TEXT_INVALID"
    message_zh = "文字为空或过长（最多 {limit} 字）。"
    message_en = "The text is missing or longer than {limit} characters."


class GroundRequiredError(DomainError):
    code = "GROUND_REQUIRED"
    message_zh = "必须选择法定理由。"
    message_en = "A coded ground is required."


class GroundUnknownError(DomainError):
    code = "GROUND_UNKNOWN"
    message_zh = "没有编号为“{ground}”的理由。"
    message_en = "There is no ground {ground}."


class GroundSubjectRequiredError(DomainError):
    code = "GROUND_SUBJECT_REQUIRED"
    message_zh = "理由“{ground}”须指明所针对的受理条件或材料。"
    message_en = "The ground {ground} names a condition or a material that it is about."


class GroundContradictsError(DomainError):
    code = "GROUND_CONTRADICTS"
    message_zh = "同意的意见不得列不予许可的理由。"
    message_en = "What speaks for approval has no ground against it."


class PointConfirmedError(DomainError):
    code = "POINT_CONFIRMED"
    message_zh = "以下内容此前已审查确认，推翻须说明理由：{names}。"
    message_en = "These points were confirmed before; to judge otherwise needs a reason: {names}."


class DefectRequiredError(DomainError):
    code = "DEFECT_REQUIRED"
    message_zh = "一次告知须列明全部需要补正的内容（1 至 {limit} 项）。"
    message_en = "A notice lists all defects, 1 to {limit}."


class ConditionUnknownError(DomainError):
    code = "CONDITION_UNKNOWN"
    message_zh = "本事项没有编号为“{condition}”的受理条件。"
    message_en = "No condition {condition} applies here."


class ApplicantNotAskedError(DomainError):
    code = "APPLICANT_NOT_ASKED"
    message_zh = "所列材料均由政府部门核发，应由窗口或中心补齐，不得要求申请人提供。"
    message_en = "Government issues all of these: window or center supply them, not the applicant."


class NoticeRequiredError(DomainError):
    code = "NOTICE_REQUIRED"
    message_zh = "没有一次告知过需要补正的内容，不得以未补正为由不予受理。"
    message_en = "What no notice named can't be held against the applicant."


class AnswerRequiredError(DomainError):
    code = "ANSWER_REQUIRED"
    message_zh = "没有补正通知书所列的任何一项。"
    message_en = "Nothing that the notice asked for is answered."


class AnswerIncompleteError(DomainError):
    code = "ANSWER_INCOMPLETE"
    message_zh = "以下内容尚未补正：{names}。"
    message_en = "These defects are not answered: {names}."


class CaseNumbersExhaustedError(DomainError):
    code = "CASE_NUMBERS_EXHAUSTED"
    message_zh = "本中心今日的办件编号已用完。"
    message_en = "This center has given out all case numbers of the day."
