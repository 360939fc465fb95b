"""Custody of a case as a shared object of two centers."""

from django.apps import AppConfig

from tongban.kernel import ports


class HandoffsConfig(AppConfig):
    name = "tenants.handoffs"
    label = "handoffs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what handoffs do for cases, for messages and for timers."""
        from tenants.handoffs import handlers, queries
        from tenants.handoffs.operations import answer, offer

        ports.register_custody(
            ports.CustodyPort(offer_next=offer.offer_next, complete=answer.complete_handoff)
        )
        ports.register_inbox_handler(offer.OFFERED_KIND, handlers.receive_offer)
        ports.register_inbox_handler(offer.RECALL_KIND, handlers.answer_recall)
        ports.register_inbox_handler("handoff.settled", handlers.follow_settlement)
        ports.register_file_user("handoffs", queries.used_files)
        ports.register_timer_handler(answer.LAPSE_TIMER, handlers.lapse_offer)
