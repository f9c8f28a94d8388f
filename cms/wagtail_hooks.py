"""What of Wagtail's own help the office does not need: pages about Wagtail, in English, on another site."""

from wagtail import hooks

FOREIGN = ("whats-new-in-wagtail", "editor-guide")


@hooks.register("construct_help_menu")
def only_our_help(request, menu_items):
    """Leave out what leads to Wagtail's own pages."""
    menu_items[:] = [item for item in menu_items if not item.name.startswith(FOREIGN)]
