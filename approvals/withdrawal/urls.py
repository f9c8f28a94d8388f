"""Addresses of the screens of taking down."""

from django.urls import path

from approvals.withdrawal import screens

urlpatterns = [
    path("withdrawals/", screens.listing, name="withdrawals"),
    path("withdrawals/<int:withdrawal_id>/", screens.withdrawal, name="withdrawal"),
    path("withdrawals/<int:withdrawal_id>/approve/", screens.approve, name="withdrawal_approve"),
    path("withdrawals/<int:withdrawal_id>/refuse/", screens.refuse, name="withdrawal_refuse"),
    path("withdrawals/<int:withdrawal_id>/recall/", screens.recall, name="withdrawal_recall"),
    path("<int:page_id>/withdraw/", screens.propose, name="withdraw"),
    path("<int:page_id>/close/", screens.close, name="close_at_once"),
]
