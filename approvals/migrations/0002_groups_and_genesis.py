"""The groups of the office, the first page of the ledger, and the end of Wagtail's own workflow and groups."""

from django.apps.registry import Apps
from django.db import migrations

GROUPS = ("Authors", "Department heads", "Apparatus leadership", "Administrators")
WAGTAIL_GROUPS = ("Editors", "Moderators")
GENESIS = "0" * 64


def begin(apps: Apps, schema_editor) -> None:
    using = schema_editor.connection.alias
    apps.get_model("approvals", "LedgerHead").objects.using(using).get_or_create(pk=1, defaults={"hash": GENESIS})
    groups = apps.get_model("auth", "Group").objects.using(using)
    for name in GROUPS:
        groups.get_or_create(name=name)
    groups.filter(name__in=WAGTAIL_GROUPS).delete()


def remove_default_workflow(apps: Apps, schema_editor) -> None:
    using = schema_editor.connection.alias
    for model in ("WorkflowPage", "WorkflowTask", "WorkflowState", "Workflow"):
        apps.get_model("wagtailcore", model).objects.using(using).all().delete()
    apps.get_model("wagtailcore", "GroupApprovalTask").objects.using(using).all().delete()
    apps.get_model("wagtailcore", "Task").objects.using(using).all().delete()


class Migration(migrations.Migration):
    dependencies = [
        ("approvals", "0001_ledger_and_routes"),
        ("wagtailcore", "0048_add_default_workflows"),
        ("wagtailadmin", "0001_create_admin_access_permissions"),
        ("wagtailimages", "0001_squashed_0021"),
        ("wagtaildocs", "0001_initial"),
    ]
    operations = [
        migrations.RunPython(begin, migrations.RunPython.noop),
        migrations.RunPython(remove_default_workflow, migrations.RunPython.noop),
    ]
