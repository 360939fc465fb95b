"""What acceptance with gap refuses (容缺受理)."""

from tongban.kernel.errors import DomainError


class MaterialGapError(DomainError):
    code = "MATERIAL_GAP"
    message_zh = "缺少可容缺后补的材料：{names}。如需容缺受理，请明确选择。"
    message_en = "What may follow later is lacking: {names}. Say so to accept it with that gap."


class DebtOpenError(DomainError):
    code = "DEBT_OPEN"
    message_zh = "容缺材料尚未补齐并核对：{names}。补齐之前不得出件。"
    message_en = "Materials are still owed, and the result stays here until they came: {names}."


class DebtNotFoundError(DomainError):
    code = "DEBT_NOT_FOUND"
    message_zh = "该办件没有待核对的容缺材料“{material}”。"
    message_en = "Of {material} nothing came that waits for a look."
