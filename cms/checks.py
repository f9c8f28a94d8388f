"""Configurations that would open a way past the gate: `manage.py check` refuses them and says what to do.

Those that look into the database run with `manage.py check --database default` and before `migrate`.
"""

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.db import connections
from django.urls import URLPattern, URLResolver, get_resolver
from wagtail.models import GroupPagePermission, Workflow

from approvals import triggers as page_triggers
from approvals.models import Route
from frontend_api import triggers as public_triggers

PRODUCTION = "cms.settings.production"
URL_CONFS = ("cms.urls.editorial", "cms.urls.public")
FINISHING = "approvals.finishing.finish"
JSON_ONLY = "rest_framework.renderers.JSONRenderer"
WAGTAIL_APIS = ("wagtail.api.v2", "wagtail.api.v3")


@register(Tags.database)
def nobody_holds_wagtails_publish(*, databases: Sequence[str] | None = None, **kwargs) -> list[CheckMessage]:
    """E001: Wagtail's publish permission means "skip the clearance"."""
    return [
        Error(
            f"The group “{held.group.name}” holds Wagtail's publish permission on the page {held.page_id}.",
            hint="Take it away in the group's settings: publication is the end of a clearance, not a permission.",
            id="jarchy.E001",
        )
        for alias in _migrated(databases)
        for held in GroupPagePermission.objects.using(alias)
        .filter(permission__codename="publish_page")
        .select_related("group")
    ]


@register(Tags.security)
def wagtails_apis_are_not_mounted(app_configs=None, **kwargs) -> list[CheckMessage]:
    """E002: Wagtail's own APIs list pages and files that nobody has cleared."""
    hint = "Remove it: what the public reads comes from frontend_api alone."
    installed = [
        Error(f"{name} is in INSTALLED_APPS.", hint=hint, id="jarchy.E002")
        for name in settings.INSTALLED_APPS
        if name.startswith(WAGTAIL_APIS)
    ]
    mounted = [
        Error(f"{name} is mounted in {url_conf}.", hint=hint, id="jarchy.E002")
        for url_conf in URL_CONFS
        for name in sorted(set(_wagtail_views(get_resolver(url_conf).url_patterns)))
    ]
    return installed + mounted


def _wagtail_views(patterns: Iterable[URLPattern | URLResolver]) -> Iterator[str]:
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from _wagtail_views(pattern.url_patterns)
            continue
        view = getattr(pattern.callback, "cls", None) or getattr(pattern.callback, "view_class", None)
        # The admin's own choosers stand on the same classes, behind the sign-in.
        if view is None or (view.__module__.startswith("wagtail.") and ".admin." in view.__module__):
            continue
        if any(ancestor.__module__.startswith(WAGTAIL_APIS) for ancestor in view.__mro__):
            yield f"{view.__module__}.{view.__qualname__}"


@register(Tags.database)
def every_workflow_is_a_route(*, databases: Sequence[str] | None = None, **kwargs) -> list[CheckMessage]:
    """E003: a workflow beside the routes would let a text through with other steps, or with none."""
    return [
        Error(
            f"The workflow “{workflow.name}” belongs to no route.",
            hint="Delete it, and run install_routes: the ways to publication are data of the office.",
            id="jarchy.E003",
        )
        for alias in _migrated(databases)
        for workflow in Workflow.objects.using(alias).filter(route__isnull=True)
    ]


@register(Tags.security)
def production_does_not_debug(app_configs=None, **kwargs) -> list[CheckMessage]:
    """E004: error pages of DEBUG show drafts and settings."""
    if not (settings.SETTINGS_MODULE == PRODUCTION and settings.DEBUG):
        return []
    return [Error("DEBUG is on in production.", hint="Remove DEBUG from the settings.", id="jarchy.E004")]


@register(Tags.security)
def production_stands_on_postgresql(app_configs=None, **kwargs) -> list[CheckMessage]:
    """E005: only PostgreSQL knows a second role for the public process."""
    if settings.SETTINGS_MODULE != PRODUCTION or "sqlite" not in settings.DATABASES["default"]["ENGINE"]:
        return []
    hint = "Name a PostgreSQL database in DATABASE_URL."
    return [Error("Production stands on SQLite.", hint=hint, id="jarchy.E005")]


@register(Tags.security)
def originals_are_not_static_files(app_configs=None, **kwargs) -> list[CheckMessage]:
    """E006: what lies under STATIC_ROOT is served to everybody."""
    if not settings.STATIC_ROOT:
        return []
    media, static = Path(settings.MEDIA_ROOT).resolve(), Path(settings.STATIC_ROOT).resolve()
    if not media.is_relative_to(static):
        return []
    hint = "Choose a MEDIA_ROOT outside of STATIC_ROOT."
    return [Error("MEDIA_ROOT lies in STATIC_ROOT: drafts' files would be public.", hint=hint, id="jarchy.E006")]


@register(Tags.security)
def workflows_end_at_the_gate(app_configs=None, **kwargs) -> list[CheckMessage]:
    """E007: Wagtail's own finishing publishes the latest text, not the cleared one."""
    if getattr(settings, "WAGTAIL_FINISH_WORKFLOW_ACTION", None) == FINISHING:
        return []
    hint = f'Set WAGTAIL_FINISH_WORKFLOW_ACTION = "{FINISHING}".'
    return [Error("A finished workflow does not end at the gate.", hint=hint, id="jarchy.E007")]


@register(Tags.security)
def the_api_speaks_json_only(app_configs=None, **kwargs) -> list[CheckMessage]:
    """E008: Django REST Framework's browsable pages are on unless somebody names the renderers."""
    if list(settings.REST_FRAMEWORK.get("DEFAULT_RENDERER_CLASSES", ())) == [JSON_ONLY]:
        return []
    hint = f'Set DEFAULT_RENDERER_CLASSES to ["{JSON_ONLY}"].'
    return [Error("The API answers with something other than JSON.", hint=hint, id="jarchy.E008")]


@register(Tags.security)
def production_asks_for_the_second_factor(app_configs=None, **kwargs) -> list[CheckMessage]:
    """E010: a stolen password alone must not be enough to clear a text."""
    if settings.SETTINGS_MODULE != PRODUCTION:
        return []
    loose = {
        "SECOND_FACTOR_REQUIRED is off in production.": not settings.SECOND_FACTOR_REQUIRED,
        "WEBAUTHN_RP_ID is empty in production.": not settings.WEBAUTHN_RP_ID,
        "MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN is on in production.": settings.MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN,
        "MFA_TOTP_INSECURE_BYPASS_CODE is set in production.": getattr(settings, "MFA_TOTP_INSECURE_BYPASS_CODE", ""),
    }
    hint = "Remove the setting: cms.settings.production sets what is needed."
    return [Error(words, hint=hint, id="jarchy.E010") for words, is_so in loose.items() if is_so]


@register(Tags.database)
def the_lowest_wall_stands(*, databases: Sequence[str] | None = None, **kwargs) -> list[CheckMessage]:
    """E009: without its triggers the database takes anything from anybody."""
    # `migrate` looks here before it puts the triggers back; refusing it would refuse the cure.
    if sys.argv[1:2] == ["migrate"]:
        return []
    return [
        Error(f"The database lacks the trigger {name}.", hint="Run migrate: it puts it back.", id="jarchy.E009")
        for alias in _migrated(databases)
        for name in page_triggers.missing(using=alias) + public_triggers.missing(using=alias)
    ]


def _migrated(databases: Sequence[str] | None) -> list[str]:
    """The databases asked for that have our tables already."""
    return [
        alias for alias in databases or () if Route._meta.db_table in connections[alias].introspection.table_names()
    ]
