"""Messages to applicants: written with the event that they tell of, sent by the worker."""

from django.apps import AppConfig

from tongban.kernel import ports


class MessagesConfig(AppConfig):
    name = "tenants.messages"
    label = "messages"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register which events of a case an applicant is told of, and what sends the messages."""
        from tenants.messages import handlers, queries, rules

        for event in rules.TOLD:
            ports.register_case_reader(event, handlers.tell)
        ports.register_case_forgetter("messages", handlers.forget)
        ended = queries.ended_before
        ports.register_retained(
            "message", ports.Retained("发给申请人的消息", "RETENTION_MESSAGE_DAYS", ended)
        )
        ports.register_errand("messages", handlers.send)
