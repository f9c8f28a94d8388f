"""The screens of taking down: propose, the switch, the decision, the list."""

import datetime as dt
from collections.abc import Iterable

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from approvals import second_factor
from approvals.bundles.seeing import documents_for, is_of_the_house
from approvals.decisions import DecisionRefused
from approvals.models import EntryKind, LedgerEntry, Outcome, Withdrawal
from approvals.policy import Refusal
from approvals.queue import Records
from approvals.texts_on_record import payload_of
from approvals.version_views import readable_on_record
from approvals.views import visible_page
from approvals.withdrawal import closing, verbs
from approvals.withdrawal.facts import possible_successors
from approvals.withdrawal.forms import ClosingForm, DecisionForm, ProposalForm
from approvals.withdrawal.waiting import on_their_way
from approvals.withdrawal.withheld import withheld_for
from site_pages.gatekeeping import GateClosed
from site_pages.models import DocumentPage
from site_pages.public_form.reading import ReadableForm

MOST_SUGGESTED, MOST_LOOKED_AT, MOST_LISTED = 100, 300, 100
MEANWHILE = {Refusal.TEXT_CHANGED, Refusal.NOTHING_TO_DECIDE, Refusal.NOT_PUBLIC, Refusal.WITHDRAWAL_OPEN}

# Beside which field of the proposal a refusal stands; the others stand above it.
BESIDE = {
    Refusal.PUBLIC_REASON_MISSING: "reason",
    Refusal.PUBLIC_REASON_UNREADABLE: "reason",
    Refusal.PUBLIC_REASON_CHARACTERS: "reason",
    Refusal.PUBLIC_REASON_TOO_LONG: "reason",
    Refusal.SUCCESSOR_MISSING: "successor",
    Refusal.SUCCESSOR_UNWANTED: "successor",
    Refusal.SUCCESSOR_ENDED: "successor",
    Refusal.SUCCESSOR_WRONG: "successor",
}


@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: HttpRequest, page_id: int) -> HttpResponse:
    """Propose that a public document be taken down."""
    page, now = visible_page(request, page_id), timezone.now()
    form = ProposalForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            withdrawal = verbs.propose(page_id=page_id, actor_id=request.user.pk, **form.cleaned_data, now=now)
        except DecisionRefused as refusal:
            form.add_error(BESIDE.get(refusal.refusal), str(refusal))
        else:
            messages.success(request, _("The withdrawal is proposed. It now waits for the steps of the route."))
            return redirect("approvals:withdrawal", withdrawal.pk)
    return _render_ways(request, page, form=form, status=400 if form.errors else 200)


def _render_ways(
    request: HttpRequest,
    page: DocumentPage,
    *,
    form: ProposalForm | None = None,
    closing_form: ClosingForm | None = None,
    status: int,
) -> HttpResponse:
    """The screen with both ways down: the proposal, and the switch for those who may turn it."""
    now = timezone.now()
    context = {
        "page_title": _("Withdraw “%(title)s”") % {"title": _title_of(page)},
        "header_icon": "bin",
        "document": page,
        "form": form or ProposalForm(),
        "closing_form": closing_form or ClosingForm(),
        "open_withdrawal": Withdrawal.objects.open().filter(page_id=page.pk).first(),
        "may_propose": verbs.may_be_proposed_by(page=page, actor_id=request.user.pk, now=now),
        "may_close": bool(closing.verdict_for(page=page, actor_id=request.user.pk, now=now)),
        "suggested": _possible_successors(request, page, now=now),
    }
    return TemplateResponse(request, "approvals/withdrawal/propose.html", context, status=status)


def _title_of(page: DocumentPage) -> str:
    """What the public text is called; a correction that is written or waits is not for everybody here."""
    return page.title if page.first_published_at else page.draft_title


def _possible_successors(request: HttpRequest, page: DocumentPage, *, now: dt.datetime) -> list[DocumentPage]:
    """The newest documents of the same language that can be read and stand under no notice."""
    same_language = documents_for(request.user, now=now).filter(live=True, locale=page.locale).exclude(pk=page.pk)
    newest = list(same_language.order_by("-last_published_at", "-pk")[:MOST_LOOKED_AT])
    fitting = possible_successors([one.content_id for one in newest], locale=page.locale_code, now=now)
    return [one for one in newest if one.content_id in fitting][:MOST_SUGGESTED]


@require_POST
@second_factor.asked
def close(request: HttpRequest, page_id: int) -> HttpResponse:
    """Turn the switch: the document is closed everywhere at once."""
    page, form, now = visible_page(request, page_id), ClosingForm(request.POST), timezone.now()
    words, debts = {"title": _title_of(page)}, []
    if form.is_valid():
        try:
            debts = closing.close_at_once(page_id=page_id, actor_id=request.user.pk, **form.cleaned_data, now=now)
        except (DecisionRefused, GateClosed) as refusal:
            form.add_error(BESIDE.get(getattr(refusal, "refusal", None)), str(refusal))
    if form.errors:
        return _not_closed(request, page, form=form)
    if not debts:
        messages.success(request, _("“%(title)s” will not be published at its time.") % words)
        return redirect("approvals:document", page_id)
    messages.success(request, _("“%(title)s” is closed everywhere. The route has to confirm it.") % words)
    return redirect("approvals:withdrawal", debts[-1].pk)


def _not_closed(request: HttpRequest, page: DocumentPage, *, form: ClosingForm) -> HttpResponse:
    """Why not, beside the reason that was typed; above the screen for whom the switch is not shown."""
    verdict = closing.verdict_for(page=page, actor_id=request.user.pk, now=timezone.now())
    if verdict:
        return _render_ways(request, page, closing_form=form, status=400)
    messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect("approvals:withdraw", page.pk)


@require_GET
def withdrawal(request: HttpRequest, withdrawal_id: int) -> HttpResponse:
    """One withdrawal: what is public, what readers will find instead, and the decision."""
    return _render(request, *_visible(request, withdrawal_id))


@require_POST
@second_factor.asked
def approve(request: HttpRequest, withdrawal_id: int) -> HttpResponse:
    """Approve the statement that was on screen."""
    return _decide(request, withdrawal_id, verbs.approve, _("You approved the withdrawal of “%(title)s”."))


@require_POST
@second_factor.asked
def refuse(request: HttpRequest, withdrawal_id: int) -> HttpResponse:
    """Refuse it with a remark."""
    return _decide(request, withdrawal_id, verbs.refuse, _("You refused the withdrawal of “%(title)s”."))


@require_POST
def recall(request: HttpRequest, withdrawal_id: int) -> HttpResponse:
    """Take one's own proposal back."""
    found, page = _visible(request, withdrawal_id)
    try:
        verbs.recall(withdrawal_id=found.pk, actor_id=request.user.pk, now=timezone.now())
    except DecisionRefused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The proposal is recalled. “%(title)s” stays public.") % {"title": _title_of(page)})
    return redirect("approvals:withdrawal", withdrawal_id)


@require_GET
def listing(request: HttpRequest) -> HttpResponse:
    """What is on its way down, what was closed at once and waits to be confirmed, and what has ended."""
    now = timezone.now()
    if not (request.user.is_superuser or is_of_the_house(request.user, now=now)):
        raise Http404
    seen = Withdrawal.objects.filter(page_id__in=documents_for(request.user, now=now).values("pk"))
    going, ended = list(seen.open().order_by("-is_closing", "proposed_at", "pk")), list(_latest(seen))
    records = Records(content_ids={one.content_id for one in (*going, *ended)})
    context = {
        "page_title": _("Withdrawals"),
        "header_icon": "bin",
        "withheld": withheld_for(request.user, now=now),
        "open_ones": [(one, one.is_late(now)) for one in on_their_way(going, records=records)],
        "ended": [(one, False) for one in on_their_way(ended, records=records)],
    }
    return TemplateResponse(request, "approvals/withdrawal/listing.html", context)


def _latest(withdrawals):
    return withdrawals.exclude(outcome="").order_by("-settled_at", "-pk")[:MOST_LISTED]


def _visible(request: HttpRequest, withdrawal_id: int) -> tuple[Withdrawal, DocumentPage]:
    """The withdrawal, for those for whom its document exists."""
    found = get_object_or_404(Withdrawal, pk=withdrawal_id)
    return found, visible_page(request, found.page_id)


def _decide(request: HttpRequest, withdrawal_id: int, verb, message: str) -> HttpResponse:
    found, page = _visible(request, withdrawal_id)
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _render(request, found, page, form=form, status=400)
    words = form.cleaned_data
    try:
        verb(
            withdrawal_id=found.pk,
            actor_id=request.user.pk,
            seen_digest=words["digest"],
            remark=words["remark"],
            now=timezone.now(),
        )
    except DecisionRefused as refusal:
        form.add_error("remark" if refusal.refusal == Refusal.REFUSAL_REMARK_MISSING else None, str(refusal))
        return _render(request, found, page, form=form, status=409 if refusal.refusal in MEANWHILE else 403)
    except GateClosed as closed:
        form.add_error(None, str(closed))
        return _render(request, found, page, form=form, status=409)
    messages.success(request, message % {"title": _title_of(page)})
    return redirect("approvals:waiting_for_me")


def _render(
    request: HttpRequest, found: Withdrawal, page: DocumentPage, *, form: DecisionForm | None = None, status: int = 200
) -> HttpResponse:
    now = timezone.now()
    (about,) = on_their_way([found], records=Records([page]))
    successor = DocumentPage.objects.filter(translation_key=found.successor, locale=page.locale).first()
    entries = LedgerEntry.objects.about(content_id=found.content_id, locale=found.locale)
    history = list(entries.filter(number__gte=found.entry_number).order_by("-number"))
    context = {
        "page_title": _("Withdrawal of “%(title)s”") % {"title": _title_of(page)},
        "header_icon": "bin",
        "about": about,
        "withdrawal": found,
        "document": page,
        "successor": successor,
        "readable": _what_is_public(found),
        "verdict": verbs.verdict_for(withdrawal=found, actor_id=request.user.pk, now=now),
        "may_recall": found.outcome == "" and not found.is_closing and found.proposer_id == request.user.pk,
        "is_late": about.is_late(now),
        "history": history,
        "readers": _what_readers_do(found, history),
        "form": form or DecisionForm(),
    }
    return TemplateResponse(request, "approvals/withdrawal/withdrawal.html", context, status=status)


def _what_readers_do(found: Withdrawal, history: Iterable[LedgerEntry]) -> str:
    """Whether readers find what the statement says: `will` find it, `do`, `did` until something newer, or `would` have.

    history: of the document, from the beginning of this withdrawal on.
    """
    if not found.is_closing and found.outcome != Outcome.DONE:
        return "would" if found.outcome else "will"
    # The first is its own; whatever becomes public before that voids a proposal.
    changes = [entry for entry in history if entry.kind in (EntryKind.WITHDRAWN, EntryKind.PUBLISHED)]
    return "did" if len(changes) > 1 else "do"


def _what_is_public(found: Withdrawal) -> ReadableForm | None:
    """The text that the statement names, for the eye; None where it is not on record."""
    payload = payload_of(found.digest)
    return readable_on_record(payload, digest=found.digest) if payload else None
