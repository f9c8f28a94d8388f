"""Wagtail's task for one step. It carries the screens; the decisions themselves are in approvals.decisions."""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _
from wagtail.models import AbstractGroupApprovalTask, Task, TaskState

# Set when the apps are ready (approvals.apps): how a step begins. Models cannot import the services that use them.
_begin: Callable | None = None


def begin_steps_with(begin: Callable) -> None:
    """Name the function that begins a step: (workflow_state, user) -> the task whose turn it is."""
    global _begin
    _begin = begin


class SignOffTaskState(TaskState):
    """One step's turn on one revision."""


class SignOffTask(AbstractGroupApprovalTask):
    """One step of a route. Nobody decides through Wagtail's own buttons, and nobody edits while it runs."""

    task_state_class = SignOffTaskState
    admin_form_fields = ["name"]

    class Meta:
        verbose_name = _("sign-off step")
        verbose_name_plural = _("sign-off steps")

    def start(self, workflow_state, user=None):
        """Begin the step whose turn it is by the ledger, whichever Wagtail believes is next."""
        if _begin is None:
            raise PermissionDenied(_("There is no clearance."))
        task = _begin(workflow_state=workflow_state, user=user)
        return Task.start(task, workflow_state, user=user)

    def on_action(self, task_state, user, action_name, **kwargs):
        """Refuse: decisions are made on the decision screen, on the digest that the person saw."""
        raise PermissionDenied(_("Decisions are made on the page “Waiting for me”."))

    def deactivate(self, user=None):
        """Refuse: a step that can be switched off is a way round."""
        raise PermissionDenied(_("A step of a route cannot be switched off."))

    def get_actions(self, obj, user):
        return []

    def get_task_states_user_can_moderate(self, user, **kwargs):
        return TaskState.objects.none()

    def locked_for_user(self, obj, user):
        return True

    def user_can_lock(self, obj, user):
        return False

    def user_can_access_editor(self, obj, user):
        return self._user_in_groups(user)
