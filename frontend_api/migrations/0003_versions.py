"""Every version that becomes public keeps its bytes; those of before are filled in by cms (0004)."""

import django.db.models.deletion
from django.db import migrations, models

KINDS = [("published", "Published"), ("corrected", "Corrected"), ("confirmed", "Confirmed")]


class Migration(migrations.Migration):
    dependencies = [("frontend_api", "0002_search_text")]
    operations = [
        migrations.CreateModel(
            name="PublishedVersion",
            fields=[
                (
                    "publication",
                    models.OneToOneField(
                        db_column="number",
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="text",
                        serialize=False,
                        to="frontend_api.publication",
                    ),
                ),
                ("content_id", models.UUIDField()),
                ("locale", models.CharField(max_length=12)),
                ("digest", models.CharField(max_length=64)),
                ("cleared", models.TextField()),
            ],
            options={"default_permissions": ("view",)},
        ),
        migrations.AlterField(
            model_name="publication", name="kind", field=models.CharField(choices=KINDS, max_length=20)
        ),
    ]
