"""The frontend_api app: what the public reads."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class FrontendApiConfig(AppConfig):
    name = "frontend_api"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Public side")

    def ready(self):
        from frontend_api import publishing
        from site_pages.signals import document_published

        document_published.connect(publishing.receive, dispatch_uid="frontend_api.publishing.receive")
