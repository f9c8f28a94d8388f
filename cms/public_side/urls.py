"""Addresses of the screens of the public side, inside the admin."""

from django.urls import path

from cms.public_side import canary_screens, delivery_screens, webhook_screens

app_name = "public_side"
urlpatterns = [
    path("", delivery_screens.listing, name="deliveries"),
    path("again/", delivery_screens.again, name="all_again"),
    path("<int:number>/again/", delivery_screens.again, name="again"),
    path("webhooks/", webhook_screens.listing, name="webhooks"),
    path("webhooks/<uuid:key>/secret/", webhook_screens.new_secret, name="new_secret"),
    path("webhooks/<uuid:key>/off/", webhook_screens.switch_off, name="switch_off"),
    path("webhooks/<uuid:key>/on/", webhook_screens.switch_on, name="switch_on"),
    path("webhooks/<uuid:key>/test/", webhook_screens.test, name="test"),
    path("webhooks/<uuid:key>/remove/", webhook_screens.remove, name="remove"),
    path("canaries/", canary_screens.listing, name="canaries"),
    path("canaries/<uuid:file_id>/retire/", canary_screens.retire, name="retire"),
]
