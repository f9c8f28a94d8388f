"""Of what a served file was made: as hidden as that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("site_pages", "0006_permits_to_withdraw")]

    operations = [
        migrations.AddField(
            model_name="servedfile",
            name="original_name",
            field=models.CharField(blank=True, db_index=True, default="", max_length=255),
            preserve_default=False,
        ),
    ]
