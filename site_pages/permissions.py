"""What Wagtail's own buttons may do with a document.

Nobody publishes, un-publishes or hides a document by a button, superusers included.
"""

from django.contrib.auth.models import AnonymousUser
from wagtail.models import PagePermissionTester

from site_pages import gatekeeping
from site_pages.access.rules import is_hidden_from


class NobodyPublishes(PagePermissionTester):
    """The verbs that only the gate has."""

    def can_publish(self):
        return False

    def can_unpublish(self):
        return False

    def can_publish_subpage(self):
        return False

    def can_unschedule(self):
        return False

    def can_set_view_restrictions(self):
        return False


class ShelfPermissionTester(NobodyPublishes):
    """Homes and sections are laid out by a command; the screens only add documents to them."""

    def can_delete(self, ignore_bulk=False):
        return False

    def can_move(self):
        return False

    def can_copy(self):
        return False

    def can_reorder_children(self):
        return False

    def can_submit_for_moderation(self):
        return False


class DocumentPermissionTester(NobodyPublishes):
    """A document that is live, under clearance or waiting stays where it is; a limited one is there for its people."""

    def __init__(self, user, page):
        hidden = is_hidden_from(user, content_id=page.translation_key)
        super().__init__(AnonymousUser() if hidden else user, page)

    def _is_at_rest(self) -> bool:
        return not self.page.live and not gatekeeping.is_locked(self.page)

    def can_delete(self, ignore_bulk=False):
        return self._is_at_rest() and super().can_delete(ignore_bulk=ignore_bulk)

    def can_move(self):
        return False

    def can_move_to(self, destination):
        return False

    def can_copy_to(self, destination, recursive=False):
        return not self.page.alias_of_id and super().can_copy_to(destination, recursive=recursive)

    def can_lock(self):
        return False

    def can_unlock(self):
        return False
