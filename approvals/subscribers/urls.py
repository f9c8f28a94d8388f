"""Addresses for subscribers: beside the admin, under one folder, and nothing else in it."""

from django.urls import path, re_path

from approvals.outside import sealed
from approvals.subscribers import pages

app_name = "letters"
urlpatterns = [
    path("<str:token>/", pages.letters, name="page"),
    re_path("", sealed.nothing_here),
]
