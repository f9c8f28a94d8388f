"""The user account."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """One person who signs in to the editorial process."""
