"""The database of an installation: its logins, its rights, the database itself."""

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from infra.launcher.installation import Installation, Secrets
from tongban.kernel import bootstrap


def set_up(installation: Installation, kept: Secrets) -> None:
    """Make the database where it is missing, logins and rights; where they stand, renew them.

    Raises: BootstrapError when the administrator is no superuser.
    """
    own = installation.database_administrator_url()
    name = str(conninfo_to_dict(own)["dbname"])
    with psycopg.connect(make_conninfo(own, dbname="postgres"), autocommit=True) as admin:
        bootstrap.create_logins(
            admin,
            instance=kept.instance,
            app_password=kept.app_password,
            provisioner_password=kept.provisioner_password,
        )
        known = "SELECT 1 FROM pg_database WHERE datname = %s"
        if not admin.execute(known, [name]).fetchone():
            bootstrap.create_database(admin, name=name, template=None)
    with psycopg.connect(own, autocommit=True) as admin:
        bootstrap.secure_database(admin, instance=kept.instance)
