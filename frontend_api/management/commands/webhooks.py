"""Who is told of publications."""

from django.core.management.base import BaseCommand, CommandError, CommandParser, no_translations
from django.utils import timezone

from frontend_api.models import LOCALES, WebhookEndpoint
from frontend_api.representations import SECTIONS
from frontend_api.webhooks import receivers
from frontend_api.webhooks.overview import receivers as all_receivers
from frontend_api.webhooks.receivers import FIELDS, ReceiverRefused

VERBS = {
    "off": "Leave it alone; what is published meanwhile is kept for it.",
    "on": "Tell it again, with all that it missed.",
    "rotate": "Give it a new secret, shown this once.",
    "test": "Send it a signed test message now, and say what it answers.",
    "remove": "Tell it nothing more.",
}


class Command(BaseCommand):
    help = "List, add, test, switch and remove the addresses that are told of publications (docs/webhooks.md)."

    def add_arguments(self, parser: CommandParser):
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        verbs.add_parser("list", help="All receivers, and what each has not got yet.")
        adding = verbs.add_parser("add", help="Tell one more address. Its secret is shown this once.")
        adding.add_argument("name")
        adding.add_argument("url")
        adding.add_argument("--locale", action="append", choices=LOCALES, default=[], help="Only this language.")
        adding.add_argument("--type", action="append", choices=list(SECTIONS), default=[], help="Only this type.")
        for verb, words in VERBS.items():
            aliases = ["release"] if verb == "on" else []
            verbs.add_parser(verb, help=words, aliases=aliases).add_argument("name")

    @no_translations
    def handle(self, *args, verb: str, **options):
        try:
            getattr(self, f"_{verb}")(**options)
        except ReceiverRefused as refusal:
            raise CommandError(f"{FIELDS.get(refusal.fault, 'name')}: {refusal}") from refusal

    def _list(self, **options) -> None:
        for one in all_receivers():
            state = f"parked since {one.off_since:%Y-%m-%d %H:%M} UTC" if one.off_since else "open"
            what = ", ".join([*one.locales, *one.types]) or "everything"
            self.stdout.write(f"{one.name}\t{one.url}\t{what}\t{state}\t{one.waiting} not delivered\t{one.last_error}")

    def _add(self, *, name: str, url: str, locale: list[str], type: list[str], **options) -> None:
        made = receivers.add(name=name, url=url, locales=locale, types=type, by=None, now=timezone.now())
        self.stdout.write(f"{made.name} is told from now on. Its secret, shown only now:\n{made.secret}")

    def _rotate(self, *, name: str, **options) -> None:
        changed = receivers.change_secret(key=self._key(name), by=None)
        self.stdout.write(f"{name} has a new secret, shown only now:\n{changed.secret}")

    def _off(self, *, name: str, **options) -> None:
        receivers.switch_off(key=self._key(name), by=None, now=timezone.now())
        self.stdout.write(f"{name} is left alone until it is switched on; its messages are kept.")

    def _on(self, *, name: str, **options) -> None:
        count = receivers.switch_on(key=self._key(name), by=None, now=timezone.now())
        self.stdout.write(f"{count} messages will be sent.")

    _release = _on

    def _test(self, *, name: str, **options) -> None:
        answer = receivers.send_test(key=self._key(name), by=None, now=timezone.now())
        if not answer.is_yes:
            raise CommandError(f"{name} does not take it: {answer.said}", returncode=1)
        self.stdout.write(f"{name} took the test message.")

    def _remove(self, *, name: str, **options) -> None:
        receivers.remove(key=self._key(name), by=None, now=timezone.now())
        self.stdout.write(f"{name} is told nothing more.")

    def _key(self, name: str):
        endpoint = WebhookEndpoint.objects.filter(name=name, removed_at=None).first()
        if endpoint is None:
            raise CommandError(f"name: there is no receiver “{name}”.")
        return endpoint.key
