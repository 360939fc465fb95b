"""What taking, giving back and passing on of tasks refuses (待办认领)."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class TaskNotFoundError(DomainError):
    code = "TASK_NOT_FOUND"
    message_zh = "该办件现在没有这项待办工作。"
    message_en = "The case has no such task now."


class TaskClaimedError(DomainError):
    code = "TASK_CLAIMED"
    message_zh = "{holder}（工号 {staff_number}）正在办理这项工作。"
    message_en = "{holder} (staff number {staff_number}) is working on this."


class TaskNotHeldError(DomainError):
    code = "TASK_NOT_HELD"
    message_zh = "没有人认领这项工作。"
    message_en = "Nobody holds this task."


class TaskNotAllowedError(ReasonedError):
    code = "TASK_NOT_ALLOWED"
    message_zh = "不能认领或改派这项工作：{because}。"
    message_en = "The task can't be taken or passed on: {because}."
    because: ClassVar = {
        "ROLE": ("您的岗位不办理这项工作", "it is not the work of your role"),
        "OWN_CASE": ("您是申请人，不得办理本人的办件", "you are the applicant of its case"),
        "NOT_POSTED": (
            "不是该部门派驻本中心的人员",
            "the department does not post the member in the center",
        ),
        "SAME_PERSON": (
            "审查和审核须由不同的人办理",
            "whoever reviewed it does not verify it",
        ),
        "WINDOW": ("这项工作不在您的窗口", "it does not lie at your window"),
        "REASSIGN": (
            "只有管理办和该部门的首席代表可以改派",
            "the management office and the department's chief representative pass it on",
        ),
        "PERSON": (
            "本中心没有该人员，或其岗位不办理这项工作",
            "the center has no such member, or it is not the work of their role",
        ),
    }
