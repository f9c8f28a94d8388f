"""A restore is on record, so that the worker can mend what stands outside of the database."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cms", "0002_an_account_may_be_a_program")]
    operations = [
        migrations.CreateModel(
            name="Restoration",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("taken_at", models.DateTimeField()),
                ("restored_at", models.DateTimeField()),
                ("ledger_number", models.BigIntegerField()),
                ("publication_number", models.BigIntegerField()),
                ("index_rebuilt_at", models.DateTimeField(null=True)),
            ],
            options={"default_permissions": ()},
        ),
    ]
