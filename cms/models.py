"""The user account."""

from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.utils.translation import gettext_lazy as _


class User(AbstractUser):
    """One person, or one program, that signs in to the editorial process."""

    is_agent = models.BooleanField(
        _("is a program"),
        default=False,
        help_text=_("A program may write drafts, counts as having written them, and never decides."),
    )

    def check_password(self, raw_password: str) -> bool:
        """As Django does. A stronger hash of the same password is stored beside the rules: nothing was changed."""

        def strengthen(raw: str) -> None:
            self.password = make_password(raw)
            type(self).objects.filter(pk=self.pk).update(password=self.password)

        return check_password(raw_password, self.password, strengthen)


class Restoration(models.Model):
    """This database was put back from a backup. Until index_rebuilt_at is set, search servers may know another past."""

    taken_at = models.DateTimeField()
    restored_at = models.DateTimeField()
    ledger_number = models.BigIntegerField()
    publication_number = models.BigIntegerField()
    index_rebuilt_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.taken_at.isoformat()
