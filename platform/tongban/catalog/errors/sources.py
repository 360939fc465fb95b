"""What is refused of lists that are brought in."""

from tongban.kernel.errors import DomainError


class ImportNotAllowedError(DomainError):
    code = "MATTERS_IMPORT_NOT_ALLOWED"
    message_zh = "只有目录编辑人员可以导入事项，且限于其管辖区划。"
    message_en = "Only a catalog editor may import matters, within the division of the role."


class IssuerUnknownError(DomainError):
    code = "ISSUER_UNKNOWN"
    message_zh = "“{issuer}”不是国家、省、市、县的 12 位区划代码。"
    message_en = "{issuer} is no 12-digit code of the nation, a province, a city or a county."


class SourceUnreadableError(DomainError):
    code = "SOURCE_UNREADABLE"
    message_zh = "无法读取该文件：{reason}"
    message_en = "The file can't be read: {reason}"


class SourceTooLargeError(DomainError):
    code = "SOURCE_TOO_LARGE"
    message_zh = "文件超过上限（{limit}），请拆分后分次导入。"
    message_en = "The file is larger than what is taken at once ({limit}): deliver it in parts."


class SourceMisplacedError(DomainError):
    code = "SOURCE_MISPLACED"
    message_zh = "该文件的内容是{found}，不是{wanted}。"
    message_en = "The file holds another kind of list than was asked for."
