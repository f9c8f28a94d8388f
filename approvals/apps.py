"""The approvals app: who may decide, and the gate."""

from django.apps import AppConfig
from django.db.models.signals import (
    m2m_changed,
    post_delete,
    post_migrate,
    post_save,
    pre_delete,
    pre_migrate,
    pre_save,
)
from django.utils.translation import gettext_lazy as _


class ApprovalsConfig(AppConfig):
    name = "approvals"
    default_auto_field = "django.db.models.BigAutoField"
    verbose_name = _("Clearance")

    def ready(self):
        from wagtail.signals import workflow_cancelled

        from approvals import acting, deadlines, decisions, finishing, gate, ledger, rules, triggers
        from approvals.models import CalendarDay
        from approvals.models.tasks import begin_steps_with
        from approvals.notices import wagtail_mails, writing
        from approvals.subscribers import telling
        from site_pages.gatekeeping import bring_rules

        finishing.finish_with(gate.finish)
        begin_steps_with(decisions.begin_step)
        bring_rules(rules.LedgerRules())
        workflow_cancelled.connect(decisions.record_recall, dispatch_uid="approvals.record_recall")
        ledger.appended.connect(writing.entries_appended, dispatch_uid="approvals.notices")
        ledger.appended.connect(telling.entries_appended, dispatch_uid="approvals.subscribers")
        wagtail_mails.silence()
        ledger.appended.connect(deadlines.entries_appended, dispatch_uid="approvals.deadlines")
        deadlines.deputies_from(acting.deputies_of)
        for moved in (post_save, post_delete):
            moved.connect(deadlines.calendar_changed, sender=CalendarDay, dispatch_uid="approvals.calendar_changed")
        _guard_accounts()
        pre_migrate.connect(triggers.before_migrate, sender=self, dispatch_uid="approvals.triggers.remove")
        post_migrate.connect(triggers.after_migrate, sender=self, dispatch_uid="approvals.triggers.install")


def _guard_accounts() -> None:
    from allauth.mfa.models import Authenticator
    from django.contrib.auth import get_user_model
    from django.contrib.auth.models import Group

    from approvals import accounts, factors

    user = get_user_model()
    m2m_changed.connect(accounts.groups_change, sender=user.groups.through, dispatch_uid="approvals.groups_change")
    pre_save.connect(accounts.account_saved, sender=user, dispatch_uid="approvals.account_saved")
    post_save.connect(accounts.account_opened, sender=user, dispatch_uid="approvals.account_opened")
    pre_save.connect(factors.factor_saved, sender=Authenticator, dispatch_uid="approvals.factor_saved")
    pre_delete.connect(factors.factor_deleted, sender=Authenticator, dispatch_uid="approvals.factor_deleted")
    pre_delete.connect(accounts.account_deleted, sender=user, dispatch_uid="approvals.account_deleted")
    pre_save.connect(accounts.group_saved, sender=Group, dispatch_uid="approvals.group_saved")
    pre_delete.connect(accounts.group_deleted, sender=Group, dispatch_uid="approvals.group_deleted")
