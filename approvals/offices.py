"""The groups that people hold office in, by their stable names, and what each may do in the editor."""

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from wagtail.models import Collection, GroupCollectionPermission, GroupPagePermission, Page

AUTHORS = "Authors"
DEPARTMENT_HEADS = "Department heads"
APPARATUS_LEADERSHIP = "Apparatus leadership"
ADMINISTRATORS = "Administrators"

LABELS = {
    AUTHORS: _("Authors"),
    DEPARTMENT_HEADS: _("Department heads"),
    APPARATUS_LEADERSHIP: _("Apparatus leadership"),
    ADMINISTRATORS: _("Administrators"),
}
APPROVERS = (DEPARTMENT_HEADS, APPARATUS_LEADERSHIP)
ALL = (AUTHORS, DEPARTMENT_HEADS, APPARATUS_LEADERSHIP, ADMINISTRATORS)

# Nobody has "publish": only the gate publishes.
PAGE_PERMISSIONS = {AUTHORS: ("add_page", "change_page"), DEPARTMENT_HEADS: ("add_page", "change_page")}
_OF_FILES = ("add_image", "change_image", "choose_image", "add_document", "change_document", "choose_document")
FILE_PERMISSIONS = {AUTHORS: _OF_FILES, DEPARTMENT_HEADS: _OF_FILES}
REGISTERS = ("department", "person", "post", "topic", "place", "acttype")
VERBS = ("add", "change", "view")
ADMINISTRATOR_PERMISSIONS = ("add_user", "change_user", "view_user")


@transaction.atomic
def grant_permissions() -> None:
    """Give each group what its work in the editor needs; safe to repeat."""
    root, files = Page.objects.get(depth=1), Collection.get_first_root_node()
    for name in ALL:
        _grant(Group.objects.get(name=name), "access_admin")
    for name, codenames in PAGE_PERMISSIONS.items():
        for permission in Permission.objects.filter(codename__in=codenames, content_type__app_label="wagtailcore"):
            GroupPagePermission.objects.get_or_create(
                group=Group.objects.get(name=name), page=root, permission=permission
            )
    for name, codenames in FILE_PERMISSIONS.items():
        for permission in Permission.objects.filter(
            codename__in=codenames, content_type__app_label__in=("wagtailimages", "wagtaildocs")
        ):
            GroupCollectionPermission.objects.get_or_create(
                group=Group.objects.get(name=name), collection=files, permission=permission
            )
    administrators = Group.objects.get(name=ADMINISTRATORS)
    _grant(administrators, *ADMINISTRATOR_PERMISSIONS, *(f"{verb}_{model}" for verb in VERBS for model in REGISTERS))
    for name in (AUTHORS, DEPARTMENT_HEADS):
        _grant(
            Group.objects.get(name=name),
            *(f"{verb}_{model}" for verb in VERBS for model in ("person", "topic", "place")),
        )
    _grant(Group.objects.get(name=AUTHORS), "submit_translation")
    _grant(Group.objects.get(name=DEPARTMENT_HEADS), "submit_translation")


def _grant(group: Group, *codenames: str) -> None:
    group.permissions.add(*Permission.objects.filter(codename__in=codenames))
