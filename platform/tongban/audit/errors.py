"""What the proof of audit logs refuses."""

from tongban.kernel.errors import DomainError


class AuditSchemaUnknownError(DomainError):
    code = "AUDIT_SCHEMA_UNKNOWN"
    message_zh = "没有代码为“{center}”的中心；平台自身的审计日志请写 platform。"
    message_en = "There is no center {center}; the platform's own audit log is called platform."
