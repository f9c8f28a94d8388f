"""Addresses for outside readers: beside the admin, under one folder, and nothing else in it."""

from django.urls import path, re_path

from approvals.outside import reader, sealed

app_name = "outside"
urlpatterns = [
    path("<str:token>/", reader.text, name="text"),
    path("<str:token>/pictures/<str:sha256>/", reader.picture, name="picture"),
    re_path("", sealed.nothing_here),
]
