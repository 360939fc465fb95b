"""Accounts, sign-in, real names, platform roles."""

from typing import ClassVar

from django.apps import AppConfig

from tongban.kernel import ports
from tongban.kernel.context import SharedRole

_READ = "SELECT"
_WORK = "SELECT, INSERT, UPDATE, DELETE"


class IdentityConfig(AppConfig):
    """Only sign-in and platform work reach identity; no center, no reader."""

    name = "tongban.identity"
    label = "identity"
    default_auto_field = "django.db.models.BigAutoField"

    shared_grants: ClassVar = {
        SharedRole.SIGN_IN: {
            "identity_account": "SELECT, INSERT, UPDATE",
            "identity_formerpassword": _WORK,
            "identity_secondfactor": _WORK,
            "identity_realname": "SELECT, INSERT, DELETE",
            "identity_phonecode": _WORK,
            "identity_throttle": _WORK,
            "identity_localmessage": _WORK,
            "identity_platformrole": _READ,
            "identity_membershipindexrow": _READ,
            "identity_clientapplication": _READ,
            "oauth2_provider_accesstoken": _WORK,
            "oauth2_provider_refreshtoken": _WORK,
            "oauth2_provider_grant": _WORK,
            "oauth2_provider_idtoken": _READ,
            "django_session": _WORK,
        }
    }

    def ready(self) -> None:
        from tongban.identity import handlers
        from tongban.identity.operations import forgetting

        ports.register_timer_handler(forgetting.TIMER, handlers.forget_expired)
        ports.register_inbox_handler(handlers.MEMBERSHIP_CHANGED, handlers.index_membership)
        ports.register_inbox_handler(handlers.MESSAGE_SHOWN, handlers.show_message)
        ports.register_inbox_handler(handlers.SECOND_FACTOR_RESET, handlers.reset_second_factor)
