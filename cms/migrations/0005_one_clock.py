"""Whoever had chosen a time zone of his or her own sees the office's again: there is one for all now."""

from django.db import migrations


def forget_time_zones(apps, schema_editor):
    profiles = apps.get_model("wagtailusers", "UserProfile").objects.using(schema_editor.connection.alias)
    profiles.exclude(current_time_zone="").update(current_time_zone="")


class Migration(migrations.Migration):
    dependencies = [("cms", "0004_versions_of_before"), ("wagtailusers", "0015_userprofile_keyboard_shortcuts")]

    operations = [migrations.RunPython(forget_time_zones, migrations.RunPython.noop)]
