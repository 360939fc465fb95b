"""What a center asks of its staff at sign-in, and what its security administrator is refused."""

from tongban.kernel.errors import DomainError, RequestError


class SecondFactorRequiredError(RequestError):
    """``is_enrolled`` tells whether a code is enough, or an authenticator app comes first."""

    code = "SECOND_FACTOR_REQUIRED"
    message_zh = "本中心要求工作人员两步验证：请输入动态口令；尚未绑定的，请先绑定。"
    message_en = "Staff here need a second factor: prove it, or enrol one first."


class PasswordExpiredError(RequestError):
    code = "PASSWORD_EXPIRED"
    message_zh = "您的密码已超过 {days} 天未更换，请更换密码后重新登录。"
    message_en = "Your password is older than {days} days: change it and sign in again."


class SecureNotAllowedError(DomainError):
    code = "SECURE_NOT_ALLOWED"
    message_zh = "只有本中心的安全管理员可以设置登录要求、重置他人的两步验证，且不能对本人操作。"
    message_en = (
        "Only the center's security administrator settles how staff sign in and resets the second"
        " factor of others, never their own."
    )


class OwnFactorFirstError(DomainError):
    code = "OWN_FACTOR_FIRST"
    message_zh = "请先为您自己绑定并通过两步验证，再要求全体工作人员使用。"
    message_en = "Prove a second factor of your own before you ask all staff for one."
