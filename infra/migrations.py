"""Say which models differ from the migrations on disk; connects to no database."""

import sys

import django
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.questioner import NonInteractiveMigrationQuestioner
from django.db.migrations.state import ProjectState
from django.utils import translation


def main() -> int:
    """Print each missing operation, and return 1 where there is one."""
    django.setup()
    translation.deactivate_all()  # as makemigrations does: names stand in migrations untranslated
    ours = {
        config.label
        for config in apps.get_app_configs()
        if config.name.split(".")[0] in {"tongban", "tenants"}
    }
    loader = MigrationLoader(None, ignore_no_migrations=True)
    detector = MigrationAutodetector(
        loader.project_state(),
        ProjectState.from_apps(apps),
        NonInteractiveMigrationQuestioner(specified_apps=ours, dry_run=True),
    )
    missing = detector.changes(graph=loader.graph, trim_to_apps=ours, convert_apps=ours)
    for app, migrations in missing.items():
        for operation in (o for migration in migrations for o in migration.operations):
            print(f"{app}: {operation.describe()}")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
