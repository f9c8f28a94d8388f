"""Telling other sites that something was published: signed messages, sent from delivery rows."""
