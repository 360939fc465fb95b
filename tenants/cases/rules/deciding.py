"""Reviews, decisions and the coded grounds for refusing."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final

NOT_SUPPLEMENTED: Final = "NOT_SUPPLEMENTED"
"""The ground that stands on what a notice asked for."""

REFUSAL_GROUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "NO_PERMIT_NEEDED": ("依法不需要取得行政许可", "The law asks for no permit"),
    "NOT_COMPETENT": ("依法不属于本机关职权范围", "Another body is competent"),
    NOT_SUPPLEMENTED: ("逾期未补正或补正后仍不符合要求", "The defects were not made good"),
    "BARRED_APPLICANT": ("隐瞒情况或提供虚假材料", "Facts were hidden or materials false"),
}
"""Grounds for refusing acceptance (行政许可法 32, 78)."""


REJECTION_GROUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "CONDITIONS_NOT_MET": ("不符合法定条件、标准", "The legal conditions are not met"),
    "FALSE_MATERIALS": ("隐瞒情况或提供虚假材料", "Facts were hidden or materials false"),
    "QUANTITY_EXHAUSTED": ("有数量限制，名额已满", "The permitted number is reached"),
    "RIGHTS_OF_OTHERS": ("损害公共利益或他人重大利益", "Public or others' interests forbid it"),
    "INSPECTION_FAILED": ("检验、检测、检疫或专家评审不合格", "Inspection or review was failed"),
}
"""Grounds for rejecting (行政许可法 34, 36, 38, 57, 78); discretion has no other."""


TERMINATION_GROUNDS: Final[Mapping[str, tuple[str, str]]] = {
    "APPLICANT_GONE": ("申请人死亡或者丧失行为能力", "The applicant died or lost capacity"),
    "ORGANIZATION_ENDED": ("法人或者其他组织依法终止", "The organization has ended"),
    "FORCE_MAJEURE": ("因不可抗力无法办理", "Force majeure makes it impossible"),
    "BASIS_REPEALED": ("设定依据被废止或者修改", "The legal basis was repealed or changed"),
    "FEE_UNPAID": ("未依法缴纳费用", "The fee was not paid"),
    "OBJECT_GONE": ("申请事项的对象已不存在", "What it was applied for exists no more"),
}
"""Grounds for ending a case without a decision on its merits (cf. 行政许可法 59, 69, 70)."""


class ReviewKind(StrEnum):
    """一审一核: one person reviews (审查), another verifies (审核)."""

    REVIEW = "review"
    VERIFICATION = "verification"


class Decision(StrEnum):
    """What a decision says."""

    APPROVE = "approve"
    REJECT = "reject"
