"""Every version says under which address it was public. `cms` fills in what was published before."""

from django.db import migrations, models
from django.db.models import Q


def _new(name, field):
    return migrations.AddField("publishedversion", name, field, preserve_default=False)


class Migration(migrations.Migration):

    dependencies = [("frontend_api", "0009_what_is_not_done")]

    operations = [
        # They are found by the versions that had an address, and then by their document.
        migrations.RemoveIndex("tombstone", "tombstones_by_address"),
        migrations.RemoveIndex("tombstone", "tombstones_by_act_number"),
        _new("type", models.CharField(max_length=20, default="")),
        _new("slug", models.CharField(max_length=255, default="")),
        _new("act_type", models.CharField(max_length=80, blank=True, default="")),
        _new("act_number", models.PositiveIntegerField(null=True)),
        _new("act_number_suffix", models.CharField(max_length=10, blank=True, default="")),
        _new("act_year", models.PositiveSmallIntegerField(null=True)),
        migrations.AddIndex(
            "publishedversion", models.Index(fields=["slug", "locale"], name="versions_by_address")
        ),
        migrations.AddIndex(
            "publishedversion",
            models.Index(
                fields=["act_number", "act_year", "locale"],
                condition=Q(act_number__isnull=False),
                name="versions_by_act_number",
            ),
        ),
    ]
