"""Choosers of registers whose words are in the language of whoever looks, not in that of the process."""

from django.utils.functional import lazy
from django.utils.translation import gettext
from wagtail.snippets.views.chooser import SnippetChooserViewSet
from wagtail.snippets.widgets import AdminSnippetChooser


def _of(model, words: str):
    """The words of Wagtail's catalogue with the model's name in them, translated when they are shown."""
    return lazy(lambda: gettext(words) % {"object": model._meta.verbose_name}, str)()


class RegisterChooser(AdminSnippetChooser):
    """The field by which one entry of a register is chosen."""

    def __init__(self, model, **kwargs):
        super().__init__(model, **kwargs)
        self.choose_one_text = _of(model, "Choose %(object)s")
        self.choose_another_text = _of(model, "Choose another %(object)s")
        self.link_to_chosen_text = _of(model, "Edit this %(object)s")


class RegisterChooserViewSet(SnippetChooserViewSet):
    """The windows of that field."""

    @property
    def widget_class(self):
        return RegisterChooser(model=self.model, icon=self.icon)
