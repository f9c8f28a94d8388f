"""What happens when Wagtail's workflow says that the last step is done.

Named in WAGTAIL_FINISH_WORKFLOW_ACTION; Wagtail reads it while it loads its models, so nothing here may import a model.
"""

from django.core.exceptions import PermissionDenied


def finish(workflow_state, user=None):
    """Refuse: only the gate publishes."""
    raise PermissionDenied("The gate is closed.")
