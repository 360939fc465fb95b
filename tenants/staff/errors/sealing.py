"""What using a seal refuses; other features' operations that seal something give these too."""

from tongban.kernel.errors import DomainError


class WrongSealError(DomainError):
    code = "WRONG_SEAL"
    message_zh = "印章“{seal}”不是作出决定的部门在本中心使用的印章，不能用于该结果。"
    message_en = "Seal {seal} is not in use here by the department that decided."


class NotKeeperError(DomainError):
    code = "NOT_KEEPER"
    message_zh = "印章“{seal}”由他人保管，只有保管人可以用印。"
    message_en = "Seal {seal} is kept by somebody else, who alone may use it."
