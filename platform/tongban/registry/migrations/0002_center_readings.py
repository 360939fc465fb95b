from django.db import migrations, models

from tongban.kernel import pinyin


def fill(apps, schema_editor):
    """Read the names of the centers that there are."""
    centers = apps.get_model("registry", "Center")
    known = list(centers.objects.only("id", "name"))
    for center in known:
        read = pinyin.syllables(pinyin.normalize(center.name))
        center.name_pinyin, center.name_initials = "".join(read), pinyin.initials(read)
    centers.objects.bulk_update(known, ["name_pinyin", "name_initials"], batch_size=500)


class Migration(migrations.Migration):

    dependencies = [
        ('registry', '0001_initial'),
    ]

    operations = [
        migrations.AddField(
            model_name='center',
            name='name_initials',
            field=models.CharField(default='', help_text='of that', max_length=80),
        ),
        migrations.AddField(
            model_name='center',
            name='name_pinyin',
            field=models.CharField(default='', help_text='how it is read', max_length=480),
        ),
        migrations.AddIndex(
            model_name='center',
            index=models.Index(fields=['name'], name='registry_center_name'),
        ),
        migrations.AddIndex(
            model_name='center',
            index=models.Index(fields=['name_pinyin'], name='registry_center_pinyin'),
        ),
        migrations.AddIndex(
            model_name='center',
            index=models.Index(fields=['name_initials'], name='registry_center_initials'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
