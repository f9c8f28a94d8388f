"""Wagtail's own mails about workflows: silenced.

They name the title of a draft to everybody, and leave for the network inside the transaction of the decision.
"""

from wagtail.models import TaskState, WorkflowState
from wagtail.signals import task_submitted, workflow_approved, workflow_rejected, workflow_submitted

RECEIVERS = (
    (task_submitted, TaskState, "group_approval_task_submitted_email_notification"),
    (workflow_submitted, WorkflowState, "workflow_state_submitted_email_notification"),
    (workflow_rejected, WorkflowState, "workflow_state_rejected_email_notification"),
    (workflow_approved, WorkflowState, "workflow_state_approved_email_notification"),
)


def nothing(**kwargs) -> None:
    """Stands where Wagtail's receiver would."""


def silence() -> None:
    """Take the places of Wagtail's receivers; works before and after Wagtail has connected them.

    A signal knows a receiver by `dispatch_uid`, and connects nothing under one that is taken (Django 5.2).
    """
    for signal, sender, uid in RECEIVERS:
        signal.disconnect(sender=sender, dispatch_uid=uid)
        signal.connect(nothing, sender=sender, dispatch_uid=uid)
