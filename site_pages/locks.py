"""How the editor says that a text must not be changed now."""

from django.utils.translation import gettext as _
from wagtail.locks import BaseLock


class ClearanceLock(BaseLock):
    """The lock of a text that is under clearance, or cleared and waiting; it holds for everybody."""

    def for_user(self, user):
        return True

    def get_message(self, user):
        return _("This text is under clearance and cannot be changed. Recall it or wait until it is returned.")

    def get_locked_by(self, user):
        return _("Under clearance")

    def get_description(self, user):
        return _("Nobody changes a text while it is being decided on.")
