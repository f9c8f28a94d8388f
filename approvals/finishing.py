"""What happens when Wagtail's workflow says that the last step is done.

Named in WAGTAIL_FINISH_WORKFLOW_ACTION; Wagtail reads it while it loads its models, so nothing here may import a
model: the gate is handed in when the apps are ready.
"""

from collections.abc import Callable

from django.core.exceptions import PermissionDenied

_gate: Callable | None = None


def finish_with(gate: Callable) -> None:
    """Name the function that finishes a clearance: (workflow_state, user) -> None."""
    global _gate
    _gate = gate


def finish(workflow_state, user=None):
    """Hand the finished workflow to the gate; without a gate nothing is ever published."""
    if _gate is None:
        raise PermissionDenied("There is no gate.")
    _gate(workflow_state, user=user)
