"""Records of clearance."""

from approvals.models.acting import ActingAppointment
from approvals.models.administration import AccountProposal, Change, Taking
from approvals.models.bundles import Bundle, BundleMember, BundleState
from approvals.models.deadlines import AlertKind, CalendarDay, Deadline, DeadlineAlert, StepTime
from approvals.models.embargo import (
    EarlyAccess,
    EarlyAccessFloor,
    EarlyInvitation,
    EarlyOpening,
    EarlyRevocation,
    EmbargoBreach,
    OutletReadmission,
)
from approvals.models.ledger import (
    ABOUT_WHAT_IS_PUBLIC,
    DuePublication,
    EntryKind,
    LedgerEntry,
    LedgerHead,
    TextOnRecord,
)
from approvals.models.notices import NO_ACCOUNT, Closing, Notice, NoticePreference, NoticeState
from approvals.models.outside import OutsideLink, OutsideReading, OutsideRemark, OutsideRevocation
from approvals.models.remarks import Remark
from approvals.models.routes import Route, RouteStep
from approvals.models.schedule import FailedPublication, ScheduleAlarm, TimedPublication
from approvals.models.subscribers import Subscriber, SubscriberState
from approvals.models.tasks import SignOffTask, SignOffTaskState
from approvals.models.urgent import UrgentPublication
from approvals.models.withdrawals import Outcome, Withdrawal

__all__ = [
    "ABOUT_WHAT_IS_PUBLIC",
    "NO_ACCOUNT",
    "AccountProposal",
    "ActingAppointment",
    "AlertKind",
    "Bundle",
    "BundleMember",
    "BundleState",
    "CalendarDay",
    "Change",
    "Closing",
    "Deadline",
    "DeadlineAlert",
    "DuePublication",
    "EarlyAccess",
    "EarlyAccessFloor",
    "EarlyInvitation",
    "EarlyOpening",
    "EarlyRevocation",
    "EmbargoBreach",
    "EntryKind",
    "FailedPublication",
    "LedgerEntry",
    "LedgerHead",
    "Notice",
    "NoticePreference",
    "NoticeState",
    "Outcome",
    "OutletReadmission",
    "OutsideLink",
    "OutsideReading",
    "OutsideRemark",
    "OutsideRevocation",
    "Remark",
    "Route",
    "RouteStep",
    "ScheduleAlarm",
    "SignOffTask",
    "SignOffTaskState",
    "StepTime",
    "Subscriber",
    "SubscriberState",
    "Taking",
    "TextOnRecord",
    "TimedPublication",
    "UrgentPublication",
    "Withdrawal",
]
