"""The standardized catalog of matters and the offerings of centers."""

from typing import ClassVar

from django.apps import AppConfig

from tongban.kernel import ports
from tongban.kernel.context import SharedRole

_TABLES = (
    "catalog_standardmatter",
    "catalog_matterrevision",
    "catalog_offering",
    "catalog_catalogversion",
    "catalog_release",
    "catalog_releaseitem",
    "catalog_cleanupround",
    "catalog_cleanupitem",
    "catalog_cancelledprecondition",
    "catalog_directory",
    "catalog_workstandard",
    "catalog_standardsacceptance",
)


class CatalogConfig(AppConfig):
    """Everybody reads the catalog; its editors alone write it."""

    name = "tongban.catalog"
    label = "catalog"
    default_auto_field = "django.db.models.BigAutoField"

    shared_grants: ClassVar = {
        SharedRole.READER: dict.fromkeys(_TABLES, "SELECT"),
        # Proposals are between a center and its issuer: no other center's role reads them.
        SharedRole.CATALOG: dict.fromkeys(
            (*_TABLES, "catalog_changeproposal"), "SELECT, INSERT, UPDATE, DELETE"
        ),
    }

    def ready(self) -> None:
        """Let new centers offer what the catalog has for them, and releases reach theirs."""
        from tongban.catalog import handlers

        ports.register_onboarding_step(
            "offerings", handlers.open_offerings, role=SharedRole.CATALOG
        )
        ports.register_timer_handler("catalog.release.reach", handlers.reach_centers)
        ports.register_timer_handler("catalog.release.day", handlers.follow_day)
