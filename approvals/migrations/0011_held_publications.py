"""A publication that came due between a backup and its restore waits for a person."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("approvals", "0010_waits_for_original")]
    operations = [
        migrations.AddField(
            model_name="duepublication",
            name="held_at",
            field=models.DateTimeField(null=True),
        ),
    ]
