import django.contrib.postgres.fields
from django.db import migrations, models

from tongban.catalog.rules import search
from tongban.catalog.rules.reading import read_content

BATCH = 500


def fill(apps, schema_editor):
    """Write down anew what each matter is found by, from the content that its columns describe."""
    matters = apps.get_model("catalog", "StandardMatter")
    revisions = apps.get_model("catalog", "MatterRevision")
    codes = list(matters.objects.order_by("code").values_list("code", flat=True))
    for start in range(0, len(codes), BATCH):
        batch = {m.code: m for m in matters.objects.filter(code__in=codes[start : start + BATCH])}
        contents = {}
        # The published one is read last, and stays; before there is one, the latest draft does.
        for revision in revisions.objects.filter(matter__code__in=list(batch)).order_by("number"):
            if revision.status == "published" or contents.get(revision.matter_id, ("",))[0] != "published":
                contents[revision.matter_id] = (revision.status, revision.content)
        for code, matter in batch.items():
            if code not in contents:
                continue
            found_by = search.of_matter(
                read_content(contents[code][1]),
                code=code, local_code=matter.local_code, main_item=matter.main_item,
            )
            matter.search_names, matter.search_text = found_by.names, found_by.text
            matter.search_terms = found_by.terms
        matters.objects.bulk_update(
            batch.values(), ["search_names", "search_text", "search_terms"]
        )


class Migration(migrations.Migration):

    dependencies = [
        ('catalog', '0002_elements_and_releases'),
    ]

    operations = [
        migrations.AddField(
            model_name='standardmatter',
            name='search_names',
            field=models.TextField(default=''),
        ),
        migrations.AlterField(
            model_name='standardmatter',
            name='search_terms',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=4), default=list, size=None),
        ),
        migrations.AddIndex(
            model_name='offering',
            index=models.Index(fields=['local_code'], name='catalog_offering_local_code'),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    ]
