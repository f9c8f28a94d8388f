"""Each dangerous configuration is refused by name; the one that the product ships is not."""

from types import SimpleNamespace

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.checks import run_checks
from django.db import connection
from django.urls import path
from wagtail.api.v2.views import PagesAPIViewSet
from wagtail.models import GroupPagePermission, Page, Workflow

from cms import checks
from cms.urls import editorial, public
from tests.newsroom import open_newsroom

ALL = tuple(f"jarchy.E{number:03}" for number in range(1, 11))


def found() -> list[str]:
    messages = run_checks(include_deployment_checks=True, databases=["default"])
    return sorted({message.id for message in messages if message.id in ALL})


def message(check_id: str) -> str:
    messages = run_checks(databases=["default"])
    return next(f"{item.msg} {item.hint}" for item in messages if item.id == check_id)


def test_the_product_as_it_ships_is_refused_nothing(db):
    open_newsroom()

    assert found() == []


def test_every_refusal_says_what_to_do(db, settings):
    settings.WAGTAIL_FINISH_WORKFLOW_ACTION = ""

    assert message("jarchy.E007") == (
        "A finished workflow does not end at the gate. "
        'Set WAGTAIL_FINISH_WORKFLOW_ACTION = "approvals.finishing.finish".'
    )


def test_a_group_that_holds_wagtails_publish_is_refused(db):
    group = Group.objects.create(name="Publishers")
    GroupPagePermission.objects.create(
        group=group,
        page=Page.get_first_root_node(),
        permission=Permission.objects.get(content_type__app_label="wagtailcore", codename="publish_page"),
    )

    assert found() == ["jarchy.E001"]
    assert "“Publishers”" in message("jarchy.E001")


@pytest.mark.parametrize("name", ["wagtail.api.v2", "wagtail.api.v3"])
def test_wagtails_api_among_the_apps_is_refused(name, settings, monkeypatch):
    # The setting itself would load the app; version 3 is not even there with this Wagtail.
    monkeypatch.setattr(checks, "settings", SimpleNamespace(INSTALLED_APPS=[*settings.INSTALLED_APPS, name]))

    refused = checks.wagtails_apis_are_not_mounted()

    assert [item.id for item in refused] == ["jarchy.E002"]
    assert refused[0].msg == f"{name} is in INSTALLED_APPS."


class OurOwnPages(PagesAPIViewSet):
    """A mounted subclass is as open as the class itself."""


@pytest.mark.parametrize("url_conf", [editorial, public])
@pytest.mark.parametrize("view", [PagesAPIViewSet, OurOwnPages])
def test_wagtails_api_at_an_address_is_refused(url_conf, view, monkeypatch):
    monkeypatch.setattr(checks, "get_resolver", _resolver_with(url_conf, view))

    refused = checks.wagtails_apis_are_not_mounted()

    assert [item.msg for item in refused] == [
        f"{view.__module__}.{view.__qualname__} is mounted in {url_conf.__name__}."
    ]


def _resolver_with(url_conf, view):
    genuine = checks.get_resolver

    class Resolver:
        def __init__(self, name):
            added = [path("api/v2/pages/", view.as_view({"get": "listing_view"}))] if name == url_conf.__name__ else []
            self.url_patterns = [*genuine(name).url_patterns, *added]

    return Resolver


def test_a_workflow_without_a_route_is_refused(db):
    open_newsroom()
    Workflow.objects.create(name="Moderators approval")

    assert found() == ["jarchy.E003"]
    assert "“Moderators approval”" in message("jarchy.E003")


def test_debug_in_production_is_refused(db, settings):
    settings.DEBUG = True
    elsewhere = found()

    settings.SETTINGS_MODULE = "cms.settings.production"

    assert elsewhere == []
    assert "jarchy.E004" in found()


@pytest.mark.parametrize(("engine", "refused"), [("sqlite3", True), ("postgresql", False)])
def test_sqlite_in_production_is_refused(engine, refused, settings, monkeypatch):
    monkeypatch.setitem(settings.DATABASES["default"], "ENGINE", f"django.db.backends.{engine}")
    elsewhere = checks.production_stands_on_postgresql()

    settings.SETTINGS_MODULE = "cms.settings.production"

    assert elsewhere == []
    assert [item.id for item in checks.production_stands_on_postgresql()] == (["jarchy.E005"] if refused else [])


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SECOND_FACTOR_REQUIRED", False),
        ("WEBAUTHN_RP_ID", ""),
        ("MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN", True),
        ("MFA_TOTP_INSECURE_BYPASS_CODE", "000000"),
    ],
)
def test_production_without_the_second_factor_is_refused(name, value, settings):
    settings.WEBAUTHN_RP_ID, settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = "newsroom.example", False
    settings.SETTINGS_MODULE = "cms.settings.production"
    sound = checks.production_asks_for_the_second_factor()

    setattr(settings, name, value)
    elsewhere = checks.production_asks_for_the_second_factor()
    # Django forgets the name of the module with every other setting that a test changes.
    settings.SETTINGS_MODULE = "cms.settings.production"

    assert (sound, elsewhere) == ([], [])
    assert [item.id for item in checks.production_asks_for_the_second_factor()] == ["jarchy.E010"]


@pytest.mark.parametrize("folder", [".", "media", "x/../media"])
def test_originals_among_the_static_files_are_refused(folder, settings, tmp_path):
    settings.STATIC_ROOT = tmp_path / "static"
    settings.MEDIA_ROOT = tmp_path / "static" / folder

    assert [item.id for item in checks.originals_are_not_static_files()] == ["jarchy.E006"]


def test_another_end_of_workflows_is_refused(db, settings):
    settings.WAGTAIL_FINISH_WORKFLOW_ACTION = "wagtail.workflows.publish_workflow_state"

    assert found() == ["jarchy.E007"]


@pytest.mark.parametrize(
    "renderers", [None, ["rest_framework.renderers.JSONRenderer", "rest_framework.renderers.BrowsableAPIRenderer"]]
)
def test_the_browsable_api_is_refused(renderers, settings):
    others = {name: value for name, value in settings.REST_FRAMEWORK.items() if name != "DEFAULT_RENDERER_CLASSES"}
    settings.REST_FRAMEWORK = {**others, **({"DEFAULT_RENDERER_CLASSES": renderers} if renderers else {})}

    assert [item.id for item in checks.the_api_speaks_json_only()] == ["jarchy.E008"]


@pytest.mark.parametrize(
    ("trigger", "table"),
    [("jarchy_log_delete", "frontend_api_publication"), ("jarchy_ledger_update", "approvals_ledgerentry")],
)
def test_a_trigger_that_is_gone_is_named(db, trigger, table):
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER {trigger}" + (f" ON {table}" if connection.vendor == "postgresql" else ""))

    assert found() == ["jarchy.E009"]
    assert message("jarchy.E009") == f"The database lacks the trigger {trigger}. Run migrate: it puts it back."


def test_migrate_itself_may_run_without_the_triggers(db, monkeypatch):
    with connection.cursor() as cursor:
        on = " ON frontend_api_publication" if connection.vendor == "postgresql" else ""
        cursor.execute(f"DROP TRIGGER jarchy_log_delete{on}")
    monkeypatch.setattr("sys.argv", ["manage.py", "migrate"])

    assert found() == []
