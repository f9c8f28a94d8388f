"""Why something is not done with a text under embargo."""

from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _

from approvals.policy import REASONS as REASONS_OF_POLICY
from approvals.policy import Refusal


class Fault(StrEnum):
    """What is wrong, besides what keeps somebody from deciding at all."""

    NO_EMBARGO = "no_embargo"
    TEXT_CHANGED = "text_changed"
    INCOMPLETE = "incomplete"
    END_TOO_LATE = "end_too_late"
    EMBARGO_BROKEN = "embargo_broken"
    OUTLET_BARRED = "outlet_barred"
    NOT_GIVEN = "not_given"
    PLACE_MISSING = "place_missing"
    NOT_SEEN_YET = "not_seen_yet"
    NOT_THE_LEADERSHIP = "not_the_leadership"
    REASON_MISSING = "reason_missing"
    NOT_BARRED = "not_barred"


REASONS = {
    Fault.NO_EMBARGO: _("This text is not under embargo: it is not cleared, or has no time of publication ahead."),
    Fault.TEXT_CHANGED: _("The text is not the one that you were shown. Please read it again."),
    Fault.INCOMPLETE: _("Early access needs a name, an outlet, an e-mail address and a language."),
    Fault.END_TOO_LATE: _("Early access ends at the publication at the latest, and not in the past."),
    Fault.EMBARGO_BROKEN: _("The embargo of this document was broken. Nobody gets early access to it any more."),
    Fault.OUTLET_BARRED: _(
        "This outlet broke an embargo. It gets no early access until somebody of the leadership admits it again."
    ),
    Fault.NOT_GIVEN: _("There is no such early access."),
    Fault.PLACE_MISSING: _("Say where it was published, and when."),
    Fault.NOT_SEEN_YET: _("A breach cannot have been seen in the future."),
    Fault.NOT_THE_LEADERSHIP: _("Only the leadership admits an outlet again."),
    Fault.REASON_MISSING: _("Say why the outlet is admitted again."),
    Fault.NOT_BARRED: _("No outlet is barred for this."),
}


class EmbargoRefused(PermissionDenied):
    """Nothing was done; `fault` says why."""

    def __init__(self, fault: Fault | Refusal):
        super().__init__(str(REASONS_OF_POLICY[fault] if isinstance(fault, Refusal) else REASONS[fault]))
        self.fault = fault
