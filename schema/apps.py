"""The API as a Django app: templates and static files are found through it."""

from django.apps import AppConfig


class SchemaConfig(AppConfig):
    name = "schema"
