"""The site_pages app."""

from django.apps import AppConfig


class SitePagesConfig(AppConfig):
    name = "site_pages"
    default_auto_field = "django.db.models.BigAutoField"
