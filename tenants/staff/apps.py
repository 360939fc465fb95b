"""A center's people: memberships, roles, departments."""

from django.apps import AppConfig


class StaffConfig(AppConfig):
    name = "tenants.staff"
    label = "staff"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the chains of seals for verification."""
        from tenants.staff import queries
        from tongban.kernel import ports

        ports.register_chain_check("seal", queries.check_seals)
