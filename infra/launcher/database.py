"""The database of an installation: its logins, its rights, the database itself."""

import psycopg

from infra.launcher.installation import DATABASE, Installation, Secrets
from tongban.kernel import bootstrap


def set_up(installation: Installation, kept: Secrets) -> None:
    """Make logins and rights, and the embedded database; where they stand, renew them.

    Raises: BootstrapError when the administrator is no superuser.
    """
    with psycopg.connect(installation.administrator_url(), autocommit=True) as admin:
        bootstrap.create_logins(
            admin,
            instance=kept.instance,
            app_password=kept.app_password,
            provisioner_password=kept.provisioner_password,
        )
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if installation.is_embedded and not admin.execute(known, [DATABASE]).fetchone():
            bootstrap.create_database(admin, name=DATABASE, template=None)
    with psycopg.connect(installation.database_administrator_url(), autocommit=True) as admin:
        bootstrap.secure_database(admin, instance=kept.instance)
