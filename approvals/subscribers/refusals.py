"""Why something is not done with the list of subscribers, and beside which field that is said."""

from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _


class Fault(StrEnum):
    """What is wrong."""

    NOT_A_KEEPER = "not_a_keeper"
    NO_SECOND_FACTOR = "no_second_factor"
    NAME = "name"
    OUTLET = "outlet"
    ADDRESS = "address"
    THERE_ALREADY = "there_already"
    LANGUAGE = "language"
    LOCALES = "locales"
    TYPES = "types"
    NONE_SUCH = "none_such"
    ANSWERED = "answered"
    ASKED_JUST_NOW = "asked_just_now"


REASONS = {
    Fault.NOT_A_KEEPER: _("The list of subscribers is kept by those who decide and by system administrators."),
    Fault.NO_SECOND_FACTOR: _("The list of subscribers takes a second factor. Set it up under “Second factor”."),
    Fault.NAME: _("Write the name on one line, for example: Asel Asanova."),
    Fault.OUTLET: _("Write the outlet on one line, for example: Kabar agency."),
    Fault.ADDRESS: _("This is no e-mail address to which mail can go. For example: asel@kabar.example."),
    Fault.THERE_ALREADY: _("This address is on the list already."),
    Fault.LANGUAGE: _("Letters are written in Kyrgyz, Russian or English."),
    Fault.LOCALES: _("There is no such language of documents."),
    Fault.TYPES: _("There is no such type of document."),
    Fault.NONE_SUCH: _("There is no such subscriber any more."),
    Fault.ANSWERED: _("This subscriber has said yes already."),
    Fault.ASKED_JUST_NOW: _(
        "This subscriber was asked within the last 24 hours. Nobody is asked more than once a day."
    ),
}
FIELDS = {
    Fault.NAME: "name",
    Fault.OUTLET: "outlet",
    Fault.ADDRESS: "email",
    Fault.THERE_ALREADY: "email",
    Fault.LANGUAGE: "language",
    Fault.LOCALES: "locales",
    Fault.TYPES: "types",
}


class SubscriberRefused(PermissionDenied):
    """Nothing was done; `fault` says why."""

    def __init__(self, fault: Fault):
        super().__init__(str(REASONS[fault]))
        self.fault = fault
