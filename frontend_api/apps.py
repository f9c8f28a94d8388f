"""The frontend_api app: what the public reads."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class FrontendApiConfig(AppConfig):
    name = "frontend_api"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Public side")

    def ready(self):
        from frontend_api import publishing, restored, triggers, withdrawing
        from site_pages.signals import (
            document_ahead,
            document_withdrawn,
            documents_published,
            public_states_asked,
            withheld_asked,
        )

        documents_published.connect(publishing.receive, dispatch_uid="frontend_api.publishing.receive")
        document_ahead.connect(publishing.work_out_ahead, dispatch_uid="frontend_api.publishing.work_out_ahead")
        document_withdrawn.connect(withdrawing.receive, dispatch_uid="frontend_api.withdrawing.receive")
        public_states_asked.connect(withdrawing.states_of, dispatch_uid="frontend_api.withdrawing.states_of")
        withheld_asked.connect(restored.answer, dispatch_uid="frontend_api.restored.answer")
        pre_migrate.connect(triggers.before_migrate, sender=self, dispatch_uid="frontend_api.triggers.remove")
        post_migrate.connect(triggers.after_migrate, sender=self, dispatch_uid="frontend_api.triggers.install")
