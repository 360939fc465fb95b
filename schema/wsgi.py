"""What ``web`` serves: queries, mutations and pages, synchronously."""

import os
from collections.abc import Mapping

import django
from django.core.handlers.wsgi import WSGIHandler, WSGIRequest
from django.utils.http import parse_header_parameters

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tongban.config.settings")
django.setup(set_prefix=False)

from schema.kept import KeptResponses  # noqa: E402 # after the setup


class Request(WSGIRequest):
    """A request that is UTF-8 throughout, whatever charset its sender names.

    Django reads the query string in that charset, before anything of ours can refuse it, and fails
    where Python's codec of that name is none of text.
    """

    def _set_content_type_params(self, meta: Mapping[str, str]) -> None:
        try:
            kind, parameters = parse_header_parameters(meta.get("CONTENT_TYPE", ""))
        except (LookupError, ValueError):  # a parameter in an encoding that there isn't
            kind, parameters = "", {}
        self.content_type, self.content_params = kind, parameters


class Handler(WSGIHandler):
    """Django, with requests of ours."""

    request_class = Request


application = KeptResponses(Handler())
