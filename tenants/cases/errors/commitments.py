"""What commitments refuse (告知承诺)."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class CommitmentNotAllowedError(ReasonedError):
    """``reason`` is a key of ``because``."""

    code = "COMMITMENT_NOT_ALLOWED"
    message_zh = "不能以承诺代替：{because}。"
    message_en = "No commitment may stand for it: {because}."
    because: ClassVar = {
        "OFFERING": (
            "“{name}”不适用告知承诺",
            "the offering does not provide for one in place of {name}",
        ),
        "DRAFT": (
            "承诺应当在提交申请时作出",
            "it is made when the application is handed in",
        ),
        "THERE": ("“{name}”已经提交", "{name} is there"),
        "MADE": ("已经就“{name}”作出承诺", "one was made already in place of {name}"),
        "OWED": ("“{name}”须补交", "{name} itself is owed"),
    }


class CommitmentNoticeDiffersError(DomainError):
    """``notice`` is what the applicant is to be told."""

    code = "COMMITMENT_NOTICE_DIFFERS"
    message_zh = "“{name}”的告知内容与现行规定不一致，请重新告知申请人后再作出承诺。"
    message_en = "The applicant was told something else about {name} than what holds; tell it anew."


class CommitmentBarredError(DomainError):
    code = "COMMITMENT_BARRED"
    message_zh = "申请人曾作出不实承诺且未整改，不适用告知承诺，请提交“{name}”。"
    message_en = "The applicant broke a commitment and has not made it good: bring {name} itself."


class CommitmentNotFoundError(DomainError):
    code = "COMMITMENT_NOT_FOUND"
    message_zh = "该办件没有待核查的“{material}”承诺。"
    message_en = "No commitment in place of {material} waits for its verification."


class CommitmentSamePersonError(DomainError):
    code = "COMMITMENT_SAME_PERSON"
    message_zh = "承诺由您代为录入，须由他人核查。"
    message_en = "You entered the commitment for the applicant: somebody else verifies it."


class CommitmentUnverifiedError(DomainError):
    code = "COMMITMENT_UNVERIFIED"
    message_zh = (
        "承诺尚未核查：{names}。交回收件地后本中心不能再核查或者撤销，请先核查或者在本中心出件。"
    )
    message_en = (
        "Commitments wait for their verification: {names}. Once the case is given back nobody here"
        " can verify them or revoke the decision; verify them first, or issue here."
    )
