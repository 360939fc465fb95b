"""The first of the timers by which the platform forgets what has expired; each sets the next."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("identity", "0001_initial"), ("kernel", "0001_initial")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO kernel_timer (kind, key, payload, fires_at)"
            " VALUES ('identity.forget', '', '{}', now())",
            "DELETE FROM kernel_timer WHERE kind = 'identity.forget'",
        )
    ]
