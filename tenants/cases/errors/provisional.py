"""What reserving and using provisional numbers refuses."""

from typing import ClassVar

from tongban.kernel.errors import DomainError, ReasonedError


class ProvisionalBlockSizeError(DomainError):
    code = "PROVISIONAL_BLOCK_SIZE"
    message_zh = "一次可预留 1 至 {limit} 个临时号，设备名称最多 {longest} 字。"
    message_en = "1 to {limit} numbers are reserved at once; a device has {longest} characters."


class ProvisionalNumberInvalidError(ReasonedError):
    """``reason`` is a key of ``because``."""

    code = "PROVISIONAL_NUMBER_INVALID"
    message_zh = "临时号不可用：{because}。"
    message_en = "The provisional number can't be used: {because}."
    because: ClassVar = {
        "FORM": ("位数或校验位不对", "it has the wrong length or check digit"),
        "CENTER": ("不是本中心的临时号", "it is of another center"),
        "NOT_RESERVED": ("本中心没有预留过该号", "it was never reserved here"),
    }


class ProvisionalNumberUsedError(DomainError):
    code = "PROVISIONAL_NUMBER_USED"
    message_zh = "该临时号已用于另一份申请。"
    message_en = "The provisional number stands for another application."
