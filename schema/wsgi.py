"""What ``web`` serves: queries, mutations and pages, synchronously."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
_django = get_wsgi_application()

from schema.kept import KeptResponses  # noqa: E402 # after the setup

application = KeptResponses(_django)
