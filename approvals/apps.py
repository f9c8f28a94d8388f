"""The approvals app: who may decide, and the gate."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Clearance")

    def ready(self):
        from wagtail.signals import workflow_cancelled

        from approvals import decisions, finishing, gate, rules, triggers
        from approvals.models.tasks import begin_steps_with
        from site_pages.gatekeeping import bring_rules

        finishing.finish_with(gate.finish)
        begin_steps_with(decisions.begin_step)
        bring_rules(rules.LedgerRules())
        workflow_cancelled.connect(decisions.record_recall, dispatch_uid="approvals.record_recall")
        pre_migrate.connect(triggers.before_migrate, sender=self, dispatch_uid="approvals.triggers.remove")
        post_migrate.connect(triggers.after_migrate, sender=self, dispatch_uid="approvals.triggers.install")
