"""Why a subscription ends."""

from tongban.kernel.errors import RequestError


class ResumeRequiredError(RequestError):
    code = "RESUME_REQUIRED"
    message_zh = "接收过慢，订阅已结束：请从最后收到的 cursor 重新订阅。"
    message_en = "You were too slow; subscribe again after the last cursor that you got."
