"""Cases: intake to delivery."""

from django.apps import AppConfig

from tongban.kernel import ports


class CasesConfig(AppConfig):
    name = "tenants.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"
    tenant_functions = ("cases_discard(text)",)

    def ready(self) -> None:
        """Register what messages about cases do."""
        from tenants.cases import handlers, queries
        from tenants.cases.operations import (
            claims,
            commitments,
            debts,
            discard,
            exporting,
            finding_replies,
            infected,
            lamps,
            leftovers,
            log,
            papers,
            rating,
            recompute,
            requests,
            review_lamps,
            timing,
            uploads,
            urging,
            waiting,
        )
        from tenants.staff.operations import registers
        from tenants.windows.operations import terms, windows
        from tongban.registry.operations import calendars

        ports.register_chain_check("case", queries.check_logs)
        exports = queries.exports_ended_before
        ports.register_retained(
            "export", ports.Retained("已结束的清单导出", "RETENTION_EXPORT_DAYS", exports)
        )
        gone = ports.Leftovers(
            "已失效断点续传的残留", uploads.left_folders, uploads.discard_left_folder
        )
        ports.register_leftovers("upload", gone)
        alone = ports.Leftovers("无人引用的文件", leftovers.unreferred, leftovers.let_go)
        ports.register_leftovers("content", alone)
        ports.register_scan_reader("cases", infected.hear_of_scan)
        ports.register_inbox_handler(log.EVENT_KIND, handlers.receive_event)
        ports.register_inbox_handler(papers.PAPER_KIND, handlers.receive_paper)
        ports.register_inbox_handler(requests.REQUEST_KIND, handlers.receive_request)
        ports.register_inbox_handler(requests.REFUSED_KIND, handlers.receive_refusal)
        ports.register_timer_handler(timing.LAMP_TIMER, lamps.change_lamp)
        ports.register_timer_handler(timing.NOTICE_TIMER, lamps.end_notice)
        ports.register_timer_handler(log.DRAFT_TIMER, discard.end_draft)
        ports.register_timer_handler(leftovers.LEFTOVER_TIMER, leftovers.follow_leftover)
        ports.register_timer_handler(timing.DEBT_TIMER, debts.change_lamps)
        ports.register_timer_handler(timing.COMMITMENT_TIMER, commitments.change_lamps)
        ports.register_timer_handler(timing.REPLY_TIMER, urging.escalate)
        ports.register_timer_handler(timing.RECTIFICATION_TIMER, rating.end_rectification)
        ports.register_timer_handler(timing.FINDING_TIMER, finding_replies.escalate)
        ports.register_timer_handler(waiting.LEASE_TIMER, claims.end_lease)
        ports.register_timer_handler(waiting.REVIEW_TIMER, review_lamps.urge)
        ports.register_timer_handler(registers.LEFT_TIMER, claims.free_member)
        ports.register_timer_handler(windows.CLOSED_TIMER, claims.leave_window)
        ports.register_timer_handler(exporting.EXPORT_TIMER, exporting.write_batch)
        ports.register_timer_handler(exporting.EXPIRY_TIMER, exporting.expire)
        ports.register_timer_handler(uploads.EXPIRY_TIMER, uploads.expire_upload)
        ports.register_inbox_handler(calendars.CHANGED_KIND, recompute.hear_of_calendar)
        ports.register_timer_handler(terms.CHANGED_TIMER, recompute.recompute_due_dates)
