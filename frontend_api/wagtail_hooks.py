"""Where the public side shows in Wagtail's admin: its acts in the log."""

from wagtail import hooks

from frontend_api.record import Act


@hooks.register("register_log_actions")
def our_acts(actions):
    """The words for what administrators do at the public side, in the report of changes."""
    for act in Act:
        actions.register_action(act.value, act.label, act.label)
