"""What the registers of staff refuse."""

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


class RegisterNotAllowedError(DomainError):
    code = "REGISTER_EDIT_NOT_ALLOWED"
    message_zh = "只有本中心管理办可以维护部门、进驻、授权、印章和窗口。"
    message_en = (
        "Only the center's management office keeps departments, postings, deeds, seals and windows."
    )


class RegisterTextError(DomainError):
    code = "REGISTER_TEXT_INVALID"
    message_zh = "“{value}”不能作为此项的内容：{hint}。"
    message_en = "“{value}” can't stand here: {hint}."


class RegisterDaysError(DomainError):
    code = "REGISTER_DAYS_INVALID"
    message_zh = "结束日期须晚于开始日期 {since}。"
    message_en = "The last day must follow the first, {since}."


class DepartmentNotFoundError(DomainError):
    code = "DEPARTMENT_NOT_FOUND"
    message_zh = "本中心没有该入驻部门。"
    message_en = "The center has no such department."


class DepartmentExistsError(DomainError):
    code = "DEPARTMENT_EXISTS"
    message_zh = "已有代码或名称为“{department}”的部门；一个部门只设一个审批服务科（股）。"
    message_en = "There is a department {department} already; each has one approval section."


class DepartmentInUseError(DomainError):
    code = "DEPARTMENT_IN_USE"
    message_zh = "该部门还有在岗人员、有效授权书或印章，请先办结这些事项。"
    message_en = "The department still has postings, deeds or seals; end these first."


class AlreadyPostedError(DomainError):
    code = "ALREADY_POSTED"
    message_zh = "该人员已由“{department}”派驻，请先结束原派驻。"
    message_en = "This member is posted by {department} already; end that first."


class PostTakenError(DomainError):
    code = "POST_TAKEN"
    message_zh = "该部门已有{post}，不能再设第二名。"
    message_en = "The department has its {post} already; a second is refused."


class NotPostedError(DomainError):
    code = "NOT_POSTED"
    message_zh = "该人员现未由该部门派驻本中心。"
    message_en = "This member is not posted by the department now."


class DeedExistsError(DomainError):
    code = "DEED_EXISTS"
    message_zh = "已有编号为“{number}”的授权责任书。"
    message_en = "There is an authorization deed {number} already."


class DeedNotFoundError(DomainError):
    code = "DEED_NOT_FOUND"
    message_zh = "没有该编号的授权责任书，或已收回。"
    message_en = "There is no such deed, or it is revoked."


class DeedHolderError(DomainError):
    code = "DEED_HOLDER_NOT_REPRESENTATIVE"
    message_zh = "授权责任书只能授予该部门派驻的首席代表。"
    message_en = "A deed is granted to the department's chief representative only."


class SealExistsError(DomainError):
    code = "SEAL_EXISTS"
    message_zh = "已有代码为“{seal}”的印章。"
    message_en = "There is a seal {seal} already."


class SealNotFoundError(DomainError):
    code = "SEAL_NOT_FOUND"
    message_zh = "没有该印章，或已停用。"
    message_en = "There is no such seal, or it is retired."
