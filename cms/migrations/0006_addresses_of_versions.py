"""Versions that were public before addresses were kept with them: the address from their bytes.

It lies here because it comes after the versions that `cms` filled in itself. Safe to repeat; what cannot be read stays
without, and `verify_publications` names it. The triggers are off while migrations run.
"""

import json

from django.db import migrations

BATCH = 500
COLUMNS = ("type", "slug", "act_type", "act_number", "act_number_suffix", "act_year")


def fill(apps, schema_editor):
    """Give every version its address."""
    version_model = apps.get_model("frontend_api", "PublishedVersion")
    number = 0
    while batch := list(version_model.objects.filter(pk__gt=number).order_by("pk")[:BATCH]):
        number = batch[-1].pk
        version_model.objects.bulk_update([one for one in batch if _is_addressed(one)], COLUMNS, batch_size=100)


def _is_addressed(version):
    """Whether its bytes say an address, which it then has."""
    try:
        payload = json.loads(version.cleared)
        version.type, version.slug = payload["type"], payload["slug"]
        if payload["type"] == "decree":
            version.act_type = payload["act_type"]["key"]
            version.act_number, version.act_number_suffix = payload["number"], payload["number_suffix"]
            version.act_year = payload["year"]
    except (KeyError, TypeError, ValueError):
        return False
    return True


class Migration(migrations.Migration):
    dependencies = [("cms", "0005_one_clock"), ("frontend_api", "0010_addresses_of_versions")]
    operations = [migrations.RunPython(fill, migrations.RunPython.noop)]
