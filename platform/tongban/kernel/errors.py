"""What can go wrong, as typed errors with a stable English code and Chinese text for people."""

from collections.abc import Mapping
from typing import Any, ClassVar


class DomainError(Exception):
    """A rule of the trade refused the request; nothing was changed.

    A subclass declares ``code`` and both texts; ``path`` says where in the input the fault lies and
    ``params`` carries the typed particulars that a program may use.
    """

    code: ClassVar[str]
    message_zh: ClassVar[str]
    message_en: ClassVar[str]

    def __init__(self, *, path: tuple[str | int, ...] = (), **params: Any) -> None:
        self.path = path
        self.params: Mapping[str, Any] = params
        super().__init__(f"{self.code}: {self.message_en.format_map(_Params(params))}")

    def message(self, language: str) -> str:
        """Return the text for people in ``zh-Hans`` (default) or ``en``."""
        text = self.message_en if language == "en" else self.message_zh
        return text.format_map(_Params(self.params))


class _Params(dict[str, Any]):
    """Formats a text even where a parameter is missing, so that an error never fails itself."""

    def __missing__(self, key: str) -> str:
        return "…"


class ReasonedError(DomainError):
    """A refusal whose text says why: its parameter ``reason`` is a key of ``because``."""

    because: ClassVar[Mapping[str, tuple[str, str]]]
    """What each reason says in zh-Hans and in en; both may name the other parameters."""

    def message(self, language: str) -> str:
        """Return the text for people in ``zh-Hans`` (default) or ``en``, with the reason."""
        chinese, english = self.because[self.params["reason"]]
        text, why = (self.message_en, english) if language == "en" else (self.message_zh, chinese)
        return text.format(because=why.format_map(_Params(self.words(language))))

    def words(self, language: str) -> Mapping[str, Any]:
        """Return what the reasons' texts may name: the parameters, and what a subclass adds."""
        del language
        return self.params


class RequestError(DomainError):
    """The request can't be served at all: it becomes a top-level GraphQL error."""


class CenterRequiredError(RequestError):
    code = "CENTER_REQUIRED"
    message_zh = "该字段需要在某个政务服务中心的路径下访问（/c/中心代码/graphql）。"
    message_en = "This field needs a center: use /c/{{center}}/graphql."


class CenterUnknownError(RequestError):
    code = "CENTER_UNKNOWN"
    message_zh = "没有代码为“{center}”的政务服务中心。"
    message_en = "There is no center with the code {center}."


class CenterSuspendedError(RequestError):
    code = "CENTER_SUSPENDED"
    message_zh = "“{center}”已暂停服务：不受理新办件，已有办件可查询、可答复。"
    message_en = "Center {center} is suspended: it takes no new cases, but reads and answers."


class CenterUpgradingError(RequestError):
    code = "CENTER_UPGRADING"
    message_zh = "“{center}”正在升级，请稍后再试。"
    message_en = "Center {center} is being upgraded; try again shortly."


class UnauthenticatedError(RequestError):
    code = "UNAUTHENTICATED"
    message_zh = "请先登录：令牌缺失、过期或已被撤销。"
    message_en = "Sign in first: the token is missing, expired or revoked."


class ForbiddenError(RequestError):
    code = "FORBIDDEN"
    message_zh = "您无权访问该内容。"
    message_en = "You may not access this."


class IdempotencyKeyReusedError(DomainError):
    code = "IDEMPOTENCY_KEY_REUSED"
    message_zh = "该幂等键已用于另一内容不同的请求，请换用新的幂等键。"
    message_en = "This idempotency key was used with another input; use a new key."


class StaleVersionError(DomainError):
    code = "STALE_VERSION"
    message_zh = "数据已被他人更新（当前版本 {current}），请刷新后重试。"
    message_en = "Somebody changed this meanwhile (current version {current}); refresh and retry."
