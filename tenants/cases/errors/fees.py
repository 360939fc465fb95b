"""What the sheet of fees refuses."""

from tongban.kernel.errors import DomainError


class FeeNotChargedError(DomainError):
    code = "FEE_NOT_CHARGED"
    message_zh = "该事项的实施清单没有收费项目，不得收费。"
    message_en = "The offering charges nothing, so nothing is collected."


class FeeItemUnknownError(DomainError):
    code = "FEE_ITEM_UNKNOWN"
    message_zh = "该事项没有“{item}”这一收费项目，或重复填写。"
    message_en = "The offering has no fee item {item}, or it is named twice."


class FeeItemRequiredError(DomainError):
    code = "FEE_ITEM_REQUIRED"
    message_zh = "请选择适用的收费项目：{items}。"
    message_en = "Choose the fee items that apply: {items}."


class FeeAmountInvalidError(DomainError):
    code = "FEE_AMOUNT_INVALID"
    message_zh = "金额须大于零、精确到分；数量为 1 至 {limit}。"
    message_en = "An amount is more than nothing and of whole cents; a quantity is 1 to {limit}."


class FeeAmountFixedError(DomainError):
    code = "FEE_AMOUNT_FIXED"
    message_zh = "“{item}”的收费标准为每单位 {amount} 元，不能另定金额。"
    message_en = "The standard sets {amount} yuan for each unit of {item}."


class FeeAmountRequiredError(DomainError):
    code = "FEE_AMOUNT_REQUIRED"
    message_zh = "“{item}”须按收费标准核定金额。"
    message_en = "The standard of {item} names no figure: its amount must be assessed."


class FeeBelowSettledError(DomainError):
    code = "FEE_BELOW_SETTLED"
    message_zh = "核定金额不能低于已缴和已减免的 {amount} 元。"
    message_en = "{amount} yuan are paid or waived already; less can't be charged."


class FeeNotAssessedError(DomainError):
    code = "FEE_NOT_ASSESSED"
    message_zh = "该事项收费，尚未核定费用。"
    message_en = "The matter is charged for, and the fee is not assessed."


class FeeDueError(DomainError):
    code = "FEE_DUE"
    message_zh = "尚有 {amount} 元未缴清，不能出件。"
    message_en = "{amount} yuan are still due, so no result is issued."


class FeeExceedsDueError(DomainError):
    code = "FEE_EXCEEDS_DUE"
    message_zh = "金额超过应缴的 {amount} 元。"
    message_en = "No more than {amount} yuan is due."


class WaiverBasisError(DomainError):
    code = "WAIVER_BASIS_REQUIRED"
    message_zh = "减免须有依据：事项规定的减免情形，或批准减免的文件，二者填写一项。"
    message_en = "A waiver stands on one of the standard's or on a document: name just one."


class ReceiptRequiredError(DomainError):
    code = "RECEIPT_REQUIRED"
    message_zh = "须填写票据号码（最多 {limit} 字）。"
    message_en = "The receipt's number is needed, at most {limit} characters."


class ReceiptUsedError(DomainError):
    code = "RECEIPT_USED"
    message_zh = "票据号码“{receipt}”已用于另一笔缴费。"
    message_en = "Receipt {receipt} was given for another payment."


class PaymentOutsideCenterError(DomainError):
    code = "PAYMENT_OUTSIDE_CENTER"
    message_zh = "收费须在本中心正在使用的窗口进行（所填：{window}）；大厅之外不得收费。"
    message_en = "Fees are taken at a window in use here (told: {window}), nowhere else."
