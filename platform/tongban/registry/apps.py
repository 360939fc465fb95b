"""The registry: divisions, centers and their tree, onboarding, delegations."""

from typing import ClassVar

from django.apps import AppConfig

from tongban.kernel.context import SharedRole


class RegistryConfig(AppConfig):
    """Every center and every shared role reads the registry; platform work writes it."""

    name = "tongban.registry"
    label = "registry"
    default_auto_field = "django.db.models.BigAutoField"

    shared_grants: ClassVar = {
        SharedRole.READER: dict.fromkeys(
            (
                "registry_division",
                "registry_center",
                "registry_centerdomain",
                "registry_centerkey",
                "registry_registryversion",
                "registry_jurisdictiondelegation",
                "registry_calendarday",
                "registry_settledyear",
            ),
            "SELECT",
        ),
        # A release is for the centers of its issuer's tree; what a city handles for a district is
        # missing from no list of that.
        SharedRole.CATALOG: dict.fromkeys(
            ("registry_center", "registry_division", "registry_jurisdictiondelegation"), "SELECT"
        ),
    }
