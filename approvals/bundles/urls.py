"""Addresses of the screens of bundles, among those of clearance."""

from django.urls import path

from approvals.bundles import screens

urlpatterns = [
    path("", screens.listing, name="bundles"),
    path("<int:bundle_id>/", screens.bundle, name="bundle"),
    path("<int:bundle_id>/change/", screens.change, name="bundle_change"),
    path("<int:bundle_id>/choose/", screens.choose, name="bundle_choose"),
    path("<int:bundle_id>/take-out/", screens.take_out, name="bundle_take_out"),
    path("<int:bundle_id>/give-up/", screens.give_up, name="bundle_give_up"),
    path("<int:bundle_id>/release/", screens.release, name="bundle_release"),
    path("<int:bundle_id>/rehearsal/", screens.rehearsal, name="bundle_rehearsal"),
    path("<int:bundle_id>/look/<int:page_id>/", screens.look, name="bundle_look"),
]
