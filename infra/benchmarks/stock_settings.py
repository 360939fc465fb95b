"""The project's settings with django-tenants' own backend: the peer that onboarding is timed by."""

from tongban.config.settings import *  # noqa: F403 # the same applications, models and migrations
from tongban.config.settings import DATABASES

DATABASES = {
    "default": {
        **DATABASES["default"],
        "ENGINE": "django_tenants.postgresql_backend",
        "OPTIONS": {},
    }
}
