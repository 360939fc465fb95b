"""The first of the timers that delete what was kept long enough; each sets the next.

It comes the next night, so that whoever updates can look before at what will go.
"""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("kernel", "0004_file_scans")]

    operations = [
        migrations.RunSQL(
            "INSERT INTO kernel_timer (kind, key, payload, fires_at)"
            " VALUES ('retention', '', '{}', (date_trunc('day', now() AT TIME ZONE 'Asia/Shanghai')"
            " + interval '26 hours') AT TIME ZONE 'Asia/Shanghai')",
            "DELETE FROM kernel_timer WHERE kind = 'retention'",
        )
    ]
