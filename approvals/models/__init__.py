"""Records of clearance."""

from approvals.models.acting import ActingAppointment
from approvals.models.ledger import DuePublication, EntryKind, LedgerEntry, LedgerHead, TextOnRecord
from approvals.models.routes import Route, RouteStep
from approvals.models.tasks import SignOffTask, SignOffTaskState

__all__ = [
    "ActingAppointment",
    "DuePublication",
    "EntryKind",
    "LedgerEntry",
    "LedgerHead",
    "Route",
    "RouteStep",
    "SignOffTask",
    "SignOffTaskState",
    "TextOnRecord",
]
