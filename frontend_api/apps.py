"""The frontend_api app."""

from django.apps import AppConfig


class FrontendApiConfig(AppConfig):
    name = "frontend_api"
    default_auto_field = "django.db.models.BigAutoField"
