"""Who is told by mail of corrections and withdrawals."""

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from approvals.models import Subscriber, SubscriberState
from approvals.subscribers import keeping
from approvals.subscribers.keeping import Newcomer
from approvals.subscribers.refusals import FIELDS, Fault, SubscriberRefused
from site_pages.languages import CODES
from site_pages.models import DOCUMENT_TYPES


class Command(BaseCommand):
    help = "List, add, ask and end those who are told by mail of corrections and withdrawals (docs/subscribers.md)."

    def add_arguments(self, parser: CommandParser):
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        verbs.add_parser("list", help="Everybody who has not left, and how many have.")
        adding = verbs.add_parser("add", help="Put somebody on the list. He or she is asked by mail first.")
        adding.add_argument("email")
        adding.add_argument("--name", required=True)
        adding.add_argument("--outlet", required=True)
        adding.add_argument("--language", choices=list(dict(settings.LANGUAGES)), default="ky", help="Of the letters.")
        adding.add_argument("--locale", action="append", choices=CODES, default=[], help="Only this language.")
        adding.add_argument("--type", action="append", choices=list(DOCUMENT_TYPES), default=[], help="Only this type.")
        adding.add_argument("--minor", action="store_true", help="Minor corrections too.")
        asking = verbs.add_parser("ask", help="Ask once more whoever has not answered; after a restore, everybody.")
        asking.add_argument("who", help="Number or e-mail address, or all.")
        ending = verbs.add_parser("end", help="Take somebody off the list and erase who it was.")
        ending.add_argument("who", help="Number or e-mail address.")

    @no_translations
    def handle(self, *args, verb: str, **options):
        try:
            getattr(self, f"_{verb}")(**options)
        except SubscriberRefused as refusal:
            raise CommandError(f"{FIELDS.get(refusal.fault, 'subscriber')}: {refusal}") from refusal

    def _list(self, **options) -> None:
        for one in Subscriber.objects.exclude(state=SubscriberState.ENDED).order_by("pk"):
            wanted = ", ".join([*one.locales, *one.types]) or "everything"
            minor = "minor too" if one.wants_minor else "major only"
            told = (one.pk, one.state, one.email, one.name, one.outlet, one.language, wanted, minor)
            self.stdout.write("\t".join(map(str, told)))
        self.stdout.write(f"{Subscriber.objects.filter(state=SubscriberState.ENDED).count()} have left.")

    def _add(self, *, email, name, outlet, language, locale, type, minor, **options) -> None:
        newcomer = Newcomer(
            name=name, outlet=outlet, email=email, language=language, locales=tuple(locale), types=tuple(type),
            wants_minor=minor,
        )  # fmt: skip
        added = keeping.add(newcomer, by_id=None, now=timezone.now())
        self.stdout.write(f"{added.pk}: asked by mail, and told of nothing before saying yes.")

    def _ask(self, *, who: str, **options) -> None:
        if who != "all":
            asked = keeping.ask_again(subscriber_id=self._number(who), by_id=None, now=timezone.now())
            self.stdout.write(f"{asked.pk}: asked once more.")
            return
        count = 0
        for number in (
            Subscriber.objects.filter(state=SubscriberState.ASKED).order_by("pk").values_list("pk", flat=True)
        ):
            try:
                keeping.ask_again(subscriber_id=number, by_id=None, now=timezone.now())
                count += 1
            except SubscriberRefused as refusal:
                self.stderr.write(f"{number}: {refusal}")
        self.stdout.write(f"{count} asked once more.")

    def _end(self, *, who: str, **options) -> None:
        ended = keeping.end(subscriber_id=self._number(who), by_id=None, now=timezone.now())
        self.stdout.write(f"{ended.pk}: off the list; name, outlet and address are erased.")

    def _number(self, who: str) -> int:
        if who.isdecimal():
            return int(who)
        found = Subscriber.objects.filter(email=who.strip().lower()).exclude(email="").first()
        if found is None:
            raise SubscriberRefused(Fault.NONE_SUCH)
        return found.pk
