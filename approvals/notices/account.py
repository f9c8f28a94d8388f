"""The wish about notices, on the screen of one's own account."""

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from wagtail.admin.views.account import BaseSettingsPanel, notifications_tab

from approvals.models import NoticePreference
from approvals.notices.preferences import wish


class WishForm(forms.ModelForm):
    """How somebody wants notices."""

    class Meta:
        model = NoticePreference
        fields = ("mode", "digest_hour")

    def save(self, commit: bool = True) -> NoticePreference:
        """Store the wish; what waits follows it."""
        wish(self.instance, now=timezone.now())
        return self.instance


class NoticesPanel(BaseSettingsPanel):
    """One panel of the account screen."""

    name = "notices"
    title = _("Notices by e-mail")
    tab = notifications_tab
    order = 50
    form_class = WishForm

    def get_form(self) -> WishForm:
        known = NoticePreference.objects.filter(user=self.user).first() or NoticePreference(user=self.user)
        data = self.request.POST if self.request.method == "POST" else None
        # Other panels may be sent alone; then this one has nothing to say.
        is_sent = data is not None and f"{self.name}-mode" in data
        return WishForm(data if is_sent else None, instance=known, prefix=self.name)
