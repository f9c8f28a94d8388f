"""The registers in the admin's menu."""

from django.templatetags.static import static
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.action_menu import ActionMenuItem
from wagtail.snippets.models import register_snippet
from wagtail.snippets.views.snippets import SnippetViewSet, SnippetViewSetGroup

from site_pages.access import rules, views
from site_pages.choosers import RegisterChooserViewSet
from site_pages.concurrent_edits import save_on_the_version_seen
from site_pages.models import ActType, Contribution, Department, DocumentPage, Person, Place, Post, Topic
from site_pages.visibility import choosable_by


def _register(model_class, icon_name: str) -> type[SnippetViewSet]:
    attributes = {
        "model": model_class,
        "icon": icon_name,
        "chooser_viewset_class": RegisterChooserViewSet,
        "list_display": ["label_ky", "label_ru", "label_en"],
        "search_fields": ["label_ky", "label_ru", "label_en", "key"],
    }
    return type(f"{model_class.__name__}ViewSet", (SnippetViewSet,), attributes)


class RegistersGroup(SnippetViewSetGroup):
    """People, posts, topics, places, departments and types of act, under one heading."""

    menu_label = _("Registers")
    menu_icon = "list-ul"
    menu_order = 300
    items = (
        _register(Person, "user"),
        _register(Post, "tasks"),
        _register(Topic, "tag"),
        _register(Place, "site"),
        _register(Department, "group"),
        _register(ActType, "doc-full-inverse"),
    )


register_snippet(RegistersGroup)


@hooks.register("insert_global_admin_js")
def names_for_everyone():
    """Names for screen readers where Wagtail has forgotten them."""
    return format_html('<script src="{}"></script>', static("site_pages/names_for_everyone.js"))


@hooks.register("insert_editor_js")
def one_save_at_a_time():
    """The editor's buttons wait for the automatic save."""
    return format_html('<script src="{}"></script>', static("site_pages/one_save_at_a_time.js"))


@hooks.register("insert_editor_js")
def version_seen():
    """A window knows the version that it has just saved by itself."""
    return format_html('<script src="{}"></script>', static("site_pages/version_seen.js"))


# Before all others: what they do on a save belongs behind the lock.
hooks.register("before_edit_page", save_on_the_version_seen, order=-100)


@hooks.register("insert_editor_js")
def remarks_in_place():
    """What was said about a paragraph or field stands beside it."""
    return format_html('<script src="{}"></script>', static("site_pages/remarks_in_place.js"))


@hooks.register("after_copy_page")
def authors_of_a_copy(request, page, new_page):
    """Whoever contributed to a text contributed to its copy."""
    source, copied = page.specific, new_page.specific
    if isinstance(source, DocumentPage) and isinstance(copied, DocumentPage):
        rules.carry_over(source=source.content_id, copied=copied.content_id)
        Contribution.carry_over(source=source, copied=copied)


@hooks.register("construct_page_chooser_queryset")
def no_drafts_of_others(pages, request):
    """Choosers offer what is public and what the person works on."""
    return pages.filter(pk__in=choosable_by(request.user).values("pk"))


@hooks.register("register_admin_urls")
def access_address():
    """The screen on which an owner names people."""
    return [path("access/<int:page_id>/", views.people, name="access_people")]


class AccessMenuItem(ActionMenuItem):
    """From the editor to the people who may see the document."""

    label = _("Who may see it")
    name = "action-access"
    icon_name = "view"

    def is_shown(self, context):
        return context["view"] == "edit" and isinstance(context["page"], DocumentPage)

    def get_url(self, parent_context):
        return reverse("access_people", args=[parent_context["page"].pk])


@hooks.register("register_page_action_menu_item")
def access_menu_item():
    """Beside the other verbs of the editor."""
    return AccessMenuItem(order=6)


@hooks.register("construct_reports_menu")
def only_reports_that_keep_secrets(request, menu_items):
    """The report of page types is shut (cms.urls.editorial)."""
    menu_items[:] = [item for item in menu_items if item.name != "page-types-usage"]
