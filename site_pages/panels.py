"""Parts of the editor that show something and take nothing in."""

from wagtail.admin.panels import Panel

from site_pages import gatekeeping
from site_pages.corrections import words_of


class StandingPanel(Panel):
    """Where the document stands: that it is public, the remark with which it came back, and what it still lacks."""

    class BoundPanel(Panel.BoundPanel):
        template_name = "site_pages/panels/standing.html"

        def is_shown(self):
            """Only for a text that its author can work on now."""
            return bool(self.instance.pk) and not gatekeeping.is_locked(self.instance)

        def get_context_data(self, parent_context=None):
            context = super().get_context_data(parent_context)
            context["remark"] = gatekeeping.remark_on(self.instance)
            context["issues"] = self.instance.requirements()
            context["correction"] = gatekeeping.correction_of(self.instance)
            context["told"] = words_of(
                update_type=self.instance.update_type,
                note=self.instance.change_note,
                locale=self.instance.locale_code,
            )
            return context
