"""Who is told of publications."""

from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from frontend_api.models import LOCALES, WebhookEndpoint
from frontend_api.representations import SECTIONS
from frontend_api.webhooks.messages import new_secret
from frontend_api.webhooks.sending import release, waiting_of


class Command(BaseCommand):
    help = "List, add, remove and release the addresses that are told of publications (docs/webhooks.md)."

    def add_arguments(self, parser: CommandParser):
        verbs = parser.add_subparsers(dest="verb", metavar="VERB", required=True)
        verbs.add_parser("list", help="All endpoints, and what each has not got yet.")
        adding = verbs.add_parser("add", help="Tell one more address. Its secret is shown this once.")
        adding.add_argument("name")
        adding.add_argument("url")
        adding.add_argument("--locale", action="append", choices=LOCALES, default=[], help="Only this language.")
        adding.add_argument("--type", action="append", choices=list(SECTIONS), default=[], help="Only this type.")
        for verb, words in (("remove", "Tell it nothing more."), ("release", "Try it again, with all that it missed.")):
            verbs.add_parser(verb, help=words).add_argument("name")

    def handle(self, *args, verb: str, **options):
        getattr(self, f"_{verb}")(**options)

    def _list(self, **options) -> None:
        for one in WebhookEndpoint.objects.filter(removed_at=None).order_by("name"):
            state = f"parked since {one.parked_at:%Y-%m-%d %H:%M} UTC" if one.parked_at else "open"
            what = ", ".join([*one.locales, *one.types]) or "everything"
            self.stdout.write(f"{one.name}\t{one.url}\t{what}\t{state}\t{waiting_of(one)} not delivered")

    def _add(self, *, name: str, url: str, locale: list[str], type: list[str], **options) -> None:
        _check_address(url)
        if WebhookEndpoint.objects.filter(name=name).exists():
            raise CommandError(f"name: there is an endpoint “{name}” already, or there was.")
        secret = new_secret()
        WebhookEndpoint.objects.create(
            name=name, url=url, secret=secret, locales=locale, types=type, added_at=timezone.now()
        )
        self.stdout.write(f"{name} is told from now on. Its secret, shown only now:\n{secret}")

    def _remove(self, *, name: str, **options) -> None:
        endpoint = self._endpoint(name)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(removed_at=timezone.now(), secret="")
        self.stdout.write(f"{name} is told nothing more.")

    def _release(self, *, name: str, **options) -> None:
        self.stdout.write(f"{release(self._endpoint(name), now=timezone.now())} messages will be sent.")

    def _endpoint(self, name: str) -> WebhookEndpoint:
        endpoint = WebhookEndpoint.objects.filter(name=name, removed_at=None).first()
        if endpoint is None:
            raise CommandError(f"name: there is no endpoint “{name}”.")
        return endpoint


def _check_address(url: str) -> None:
    try:
        parts = urlsplit(url)
        is_whole = bool(parts.hostname) and parts.port != 0
    except ValueError as error:
        raise CommandError(f"url: {error}.") from error
    if len(url) > WebhookEndpoint._meta.get_field("url").max_length:
        raise CommandError("url: too long.")
    allowed = ("https", "http") if settings.OUTGOING_PRIVATE_ADDRESSES else ("https",)
    if parts.scheme not in allowed or not is_whole or parts.username is not None or not url.isprintable():
        raise CommandError("url: a full https address without a name and password in it is needed.")
