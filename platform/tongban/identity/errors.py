"""What identity refuses; no text tells whose account, number or phone it was."""

from collections.abc import Mapping
from typing import ClassVar

from tongban.kernel.errors import DomainError


class SignInFailedError(DomainError):
    code = "SIGN_IN_FAILED"
    message_zh = "登录名（或手机号）与密码不符；连续 5 次不符将锁定 30 分钟。"
    message_en = "Login name (or phone) and password do not match; 5 failures lock for 30 minutes."


class PhoneInvalidError(DomainError):
    code = "PHONE_INVALID"
    message_zh = "手机号码不正确。"
    message_en = "This is not a mobile number of the Chinese mainland."


class PhoneCodeTooSoonError(DomainError):
    code = "PHONE_CODE_TOO_SOON"
    message_zh = "验证码发送过于频繁，请 {retry_after_seconds} 秒后再试。"
    message_en = "Codes are sent too often; try again in {retry_after_seconds} seconds."


class PhoneCodeInvalidError(DomainError):
    code = "PHONE_CODE_INVALID"
    message_zh = "验证码不正确或已失效，请重新获取。"
    message_en = "The code is wrong or has expired; ask for a new one."


class PhoneTakenError(DomainError):
    code = "PHONE_TAKEN"
    message_zh = "该手机号已注册，请直接登录或找回密码。"
    message_en = "This phone has an account already: sign in or reset the password."


class LoginNameInvalidError(DomainError):
    code = "LOGIN_NAME_INVALID"
    message_zh = "登录名须为 3 至 32 位小写字母、数字、点、横线或下划线，且以字母开头。"
    message_en = "A login name is 3-32 of a-z 0-9 . - _ and begins with a letter."


class LoginNameTakenError(DomainError):
    code = "LOGIN_NAME_TAKEN"
    message_zh = "该登录名已被使用，请换一个。"
    message_en = "This login name is taken; choose another."


class DisplayNameInvalidError(DomainError):
    code = "DISPLAY_NAME_INVALID"
    message_zh = "显示名称须为 1 至 64 个可见字符。"
    message_en = "A display name has 1-64 printable characters."


class PasswordWeakError(DomainError):
    """Says each thing that is wrong; ``reasons`` has them for programs."""

    code = "PASSWORD_WEAK"
    message_zh = "密码不符合要求：{because}。"
    message_en = "The password can't be taken: {because}."
    because: ClassVar[Mapping[str, tuple[str, str]]] = {
        "TOO_SHORT": ("至少 {shortest} 位", "it has fewer than {shortest} characters"),
        "TOO_LONG": ("最多 128 位", "it has more than 128 characters"),
        "TOO_FEW_KINDS": (
            "须含大写字母、小写字母、数字、符号中的至少 {kinds} 类",
            "it has fewer than {kinds} of upper case, lower case, digits and symbols",
        ),
        "CONTAINS_PERSONAL": (
            "不得包含登录名、姓名（含拼音）或手机号",
            "it contains the login name, the person's name or the phone number",
        ),
        "COMMON": ("属于常见密码", "it is a common one"),
        "USED_BEFORE": ("不得与最近 {history} 次使用的密码相同", "it is one of the last {history}"),
    }

    def message(self, language: str) -> str:
        """Return the text for people in ``zh-Hans`` (default) or ``en``, naming each fault."""
        texts = [self.because[reason] for reason in self.params["reasons"]]
        if language == "en":
            faults = "; ".join(english for _chinese, english in texts)
            return self.message_en.format(because=faults.format_map(self.params))
        faults = "；".join(chinese for chinese, _english in texts)
        return self.message_zh.format(because=faults.format_map(self.params))


class PasswordWrongError(DomainError):
    code = "PASSWORD_WRONG"
    message_zh = "当前密码不正确；连续 5 次不符将锁定 30 分钟。"
    message_en = "The present password is not this one; 5 failures lock for 30 minutes."


class AccountInUseError(DomainError):
    code = "ACCOUNT_IN_USE"
    message_zh = "您在政务服务中心任职或持有平台角色，请先办理离任，再注销账户。"
    message_en = "You work in a center or hold a platform role: that must end before the account."


class SecondFactorInvalidError(DomainError):
    code = "SECOND_FACTOR_INVALID"
    message_zh = "动态口令或恢复码不正确、已使用或已过期；连续 5 次不符将锁定 30 分钟。"
    message_en = "The code is wrong, used or over; 5 failures lock for 30 minutes."


class SecondFactorMissingError(DomainError):
    code = "SECOND_FACTOR_MISSING"
    message_zh = "您的账户尚未绑定两步验证，请先绑定。"
    message_en = "Your account has no second factor yet: enrol one first."


class SecondFactorNotStartedError(DomainError):
    code = "SECOND_FACTOR_NOT_STARTED"
    message_zh = "没有待确认的绑定，或已超过 15 分钟，请重新开始绑定。"
    message_en = (
        "No enrolment waits for its first code, or it is older than 15 minutes: start anew."
    )


class NameInvalidError(DomainError):
    code = "NAME_INVALID"
    message_zh = "姓名格式不正确，请按身份证填写。"
    message_en = "The name is not in the form an identity card has."


class IdentityNumberInvalidError(DomainError):
    code = "IDENTITY_NUMBER_INVALID"
    message_zh = "居民身份证号码不正确，请核对后重新填写。"
    message_en = "This is not a valid resident identity number."


class IdentityMismatchError(DomainError):
    code = "IDENTITY_MISMATCH"
    message_zh = "姓名与居民身份证号码核验未通过。"
    message_en = "Name and identity number could not be verified together."


class IdentityTakenError(DomainError):
    code = "IDENTITY_TAKEN"
    message_zh = "该证件已完成过实名认证，不能重复使用；如非本人操作，请到政务服务中心窗口办理。"
    message_en = "This identity is verified already; ask at a service center if it was not you."


class AlreadyVerifiedError(DomainError):
    code = "ALREADY_VERIFIED"
    message_zh = "您的账户已完成实名认证。"
    message_en = "Your account has its real name verified already."


class TooManyAttemptsError(DomainError):
    code = "TOO_MANY_ATTEMPTS"
    message_zh = "尝试次数过多，请 30 分钟后再试。"
    message_en = "Too many attempts; try again in 30 minutes."


class AccountNotFoundError(DomainError):
    code = "ACCOUNT_NOT_FOUND"
    message_zh = "没有该账户。"
    message_en = "There is no such account."


class RoleGrantNotAllowedError(DomainError):
    code = "PLATFORM_ROLE_GRANT_NOT_ALLOWED"
    message_zh = "只有平台管理员可以授予或收回平台角色，且限于其管辖区划。"
    message_en = "Only a platform operator may grant or revoke platform roles in the division."


class DivisionCodeInvalidError(DomainError):
    code = "DIVISION_CODE_INVALID"
    message_zh = "行政区划代码须为 12 位数字。"
    message_en = "A division code has 12 digits."


class AccountLockNotAllowedError(DomainError):
    code = "ACCOUNT_LOCK_NOT_ALLOWED"
    message_zh = "只有平台管理员可以停用或启用账户。"
    message_en = "Only a platform operator may lock or unlock accounts."


class ClientRegisterNotAllowedError(DomainError):
    code = "CLIENT_REGISTER_NOT_ALLOWED"
    message_zh = "只有该区划的登记管理员可以登记站点终端。"
    message_en = "Only a registrar of the division may register a station's machine."


class MessagesUnavailableError(DomainError):
    code = "MESSAGES_UNAVAILABLE"
    message_zh = "短信服务未配置，暂时无法发送验证码。"
    message_en = "No sender of text messages is configured: codes can't be sent."


class DemonstrationRefusedError(DomainError):
    code = "DEMONSTRATION_REFUSED"
    message_zh = "演示账户只能用于演示库（TONGBAN_DEMO=1），不能用于正式数据库。"
    message_en = "Demonstration accounts exist in a demonstration only (TONGBAN_DEMO=1)."


class VerificationUnavailableError(DomainError):
    code = "VERIFICATION_UNAVAILABLE"
    message_zh = "实名核验服务未接入，请到政务服务中心窗口办理。"
    message_en = "No register is connected to verify real names; ask at a service center."
