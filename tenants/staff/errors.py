"""What the staff register refuses."""

from tongban.kernel.errors import DomainError


class AppointNotAllowedError(DomainError):
    code = "MEMBER_APPOINT_NOT_ALLOWED"
    message_zh = "只有本中心系统管理员可以聘任人员；首位系统管理员由登记管理员聘任。"
    message_en = (
        "Only the center's system administrator appoints members; a registrar appoints the first."
    )


class ChangeRolesNotAllowedError(DomainError):
    code = "MEMBER_CHANGE_ROLES_NOT_ALLOWED"
    message_zh = "只有本中心系统管理员可以调整他人的角色，不能调整自己的角色。"
    message_en = "Only the center's system administrator changes roles, and never their own."


class EndMembershipNotAllowedError(DomainError):
    code = "MEMBER_END_NOT_ALLOWED"
    message_zh = "只有本中心系统管理员可以解除他人的聘任，不能解除自己的聘任。"
    message_en = "Only the center's system administrator ends memberships, and never their own."


class MemberNotFoundError(DomainError):
    code = "MEMBER_NOT_FOUND"
    message_zh = "本中心没有该人员。"
    message_en = "The center has no such member."


class AccountNotFoundError(DomainError):
    code = "ACCOUNT_NOT_FOUND"
    message_zh = "没有该账户，请核对登录名或手机号。"
    message_en = "There is no such account; check the login name or phone number."


class AlreadyMemberError(DomainError):
    code = "ALREADY_MEMBER"
    message_zh = "该账户已是本中心人员，请直接调整其角色。"
    message_en = "This account is a member already; change its roles instead."


class StaffNumberTakenError(DomainError):
    code = "STAFF_NUMBER_TAKEN"
    message_zh = "工号“{staff_number}”已被本中心其他人员使用。"
    message_en = "Staff number {staff_number} belongs to another member."


class StaffNumberInvalidError(DomainError):
    code = "STAFF_NUMBER_INVALID"
    message_zh = "工号须为 1 至 20 位字母、数字或横线。"
    message_en = "A staff number is 1-20 letters, digits or hyphens."


class RolesRequiredError(DomainError):
    code = "ROLES_REQUIRED"
    message_zh = "请至少选择一个角色。"
    message_en = "Choose one role at least."


class SeparateRolesError(DomainError):
    code = "ROLES_MUST_BE_SEPARATE"
    message_zh = "系统管理员、安全管理员、审计员须由不同人员担任。"
    message_en = "System administrator, security administrator and auditor are different people."
