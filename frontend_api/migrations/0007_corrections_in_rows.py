"""What readers are told of changes, and the number of the text, stand in the row of the document."""

from collections import defaultdict

from django.db import migrations, models

from frontend_api.corrections import correction

WITH_TEXT = ("published", "corrected", "confirmed")


def fill(apps, schema_editor):
    """From the log. Nothing was withdrawn before there were withdrawals, so every version is open."""
    log = defaultdict(list)
    publications = apps.get_model("frontend_api", "Publication")
    for row in publications.objects.filter(kind__in=WITH_TEXT).order_by("number").iterator():
        log[row.content_id, row.locale].append(row)
    for document in apps.get_model("frontend_api", "PublishedDocument").objects.iterator():
        rows = log[document.content_id, document.locale]
        document.corrections = [
            correction(row, previous=before.number)
            for before, row in zip(rows, rows[1:], strict=False)
            if row.kind == "corrected"
        ]
        document.text_version = rows[-1].number if rows else document.version
        document.save(update_fields=["corrections", "text_version"])


class Migration(migrations.Migration):

    dependencies = [("frontend_api", "0006_webhooks")]

    operations = [
        migrations.AddField("publisheddocument", "corrections", models.JSONField(default=list)),
        migrations.AddField("publisheddocument", "text_version", models.BigIntegerField(null=True)),
        migrations.RunPython(fill, migrations.RunPython.noop),
        migrations.AlterField("publisheddocument", "text_version", models.BigIntegerField()),
    ]
