"""Why something is not done with a bundle."""

from dataclasses import dataclass
from enum import StrEnum

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext_lazy as _


class Fault(StrEnum):
    """What is wrong."""

    NOT_OF_THE_HOUSE = "not_of_the_house"
    NOT_A_DECIDER = "not_a_decider"
    NO_BUNDLE = "no_bundle"
    OVER = "over"
    CHANGED_MEANWHILE = "changed_meanwhile"
    NO_NAME = "no_name"
    NO_TIME = "no_time"
    TIME_IS_PAST = "time_is_past"
    TOO_NEAR = "too_near"
    NOTHING_CHOSEN = "nothing_chosen"
    TOO_MANY = "too_many"
    NO_DOCUMENT = "no_document"
    TWICE = "twice"
    OTHER_BUNDLE = "other_bundle"
    NO_ROUTE = "no_route"
    NOTHING_TO_PUBLISH = "nothing_to_publish"
    OWN_TIME = "own_time"
    ENDS_BEFORE = "ends_before"
    HELD = "held"
    NOT_IN_IT = "not_in_it"
    REASON_MISSING = "reason_missing"
    EMPTY = "empty"
    NOT_CLEARED = "not_cleared"
    ITS_TIME_DECIDES = "its_time_decides"


REASONS = {
    Fault.NOT_OF_THE_HOUSE: _("Bundles are made and changed by those who write documents or decide on them."),
    Fault.NOT_A_DECIDER: _(
        "Documents of this bundle are cleared: only who decides on a route lets them be published, or sooner."
    ),
    Fault.NO_BUNDLE: _("There is no such bundle."),
    Fault.OVER: _("This bundle is published or given up. It is not changed any more."),
    Fault.CHANGED_MEANWHILE: _("Somebody has changed the bundle meanwhile. Look at it again; nothing was changed."),
    Fault.NO_NAME: _("Give the bundle a name."),
    Fault.NO_TIME: _("Give a time if the bundle is published at a time, and none otherwise."),
    Fault.TIME_IS_PAST: _("This time has passed. Choose a later one."),
    Fault.TOO_NEAR: _(
        "The time is nearer than %(seconds)s seconds: sites may still show what they have. Set a later one."
    ),
    Fault.NOTHING_CHOSEN: _("Choose at least one document."),
    Fault.TOO_MANY: _("A bundle has %(most)s documents at most."),
    Fault.NO_DOCUMENT: _("There is no such document."),
    Fault.TWICE: _("“%(title)s” is in this bundle already."),
    Fault.OTHER_BUNDLE: _("“%(title)s” belongs to another bundle. Take it out of that one first."),
    Fault.NO_ROUTE: _("“%(title)s” has no route of clearance, so it is never published."),
    Fault.NOTHING_TO_PUBLISH: _("“%(title)s” is public and has no changes: there is nothing to publish."),
    Fault.OWN_TIME: _("“%(title)s” has a time of its own that is not the bundle's. Empty it, or make the two equal."),
    Fault.ENDS_BEFORE: _("“%(title)s” ends before the bundle is published. Set a later end, or none."),
    Fault.HELD: _("“%(title)s” is held after a restore. Release or stop it first."),
    Fault.NOT_IN_IT: _("This document is not in the bundle."),
    Fault.REASON_MISSING: _("What is cleared is stopped by this. Say why."),
    Fault.EMPTY: _("The bundle has no documents."),
    Fault.NOT_CLEARED: _("Not cleared: “%(title)s”. Nothing is published before all are."),
    Fault.ITS_TIME_DECIDES: _("This bundle is published at its time. To publish it sooner, change the time."),
}


@dataclass(frozen=True)
class Named:
    """One fault, with the words that its sentence names."""

    fault: Fault
    words: dict

    def __str__(self) -> str:
        return str(REASONS[self.fault]) % self.words


class BundleRefused(PermissionDenied):
    """Nothing was done. faults: what is wrong, each with its words; `fault` is the first."""

    def __init__(self, fault: Fault | None = None, *, faults: tuple[Named, ...] = (), **words):
        self.faults = faults or (Named(fault, words),)
        self.fault = self.faults[0].fault
        super().__init__(" ".join(map(str, self.faults)))
