"""What moves between centers: relay, routing, case index."""

from django.apps import AppConfig

from tongban.kernel import ports


class ExchangeConfig(AppConfig):
    """Only platform work reads the index: it spans all centers."""

    name = "tongban.exchange"
    label = "exchange"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register what messages do here, what looks into files, and what is kept for a time."""
        from tongban.exchange import handlers
        from tongban.exchange.operations import retention
        from tongban.kernel import scans

        ports.register_inbox_handler("case.indexed", handlers.index_case)
        ports.register_inbox_handler("case.removed", handlers.forget_case)
        ports.register_inbox_handler(scans.FOLLOWS_KIND, handlers.receive_file)
        ports.register_inbox_handler(retention.RAN_KIND, handlers.note_retention)
        ports.register_timer_handler(scans.LATE_TIMER, scans.hear_late)
        ports.register_timer_handler(retention.TIMER, handlers.delete_old)
        ports.register_onboarding_step("retention", retention.begin)
        ports.register_errand("scans", handlers.scan)
        ports.register_leftovers(
            "quarantine",
            ports.Leftovers(
                "隔离区内已放行文件的副本", scans.second_copies, scans.remove_second_copy
            ),
        )
        ports.register_leftovers(
            "unfinished",
            ports.Leftovers(
                "中断写入的残留文件", retention.half_written, retention.remove_half_written
            ),
        )
        for kind, rows in retention.KERNEL.items():
            ports.register_retained(kind, rows)
