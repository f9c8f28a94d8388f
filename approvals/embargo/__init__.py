"""Texts under embargo: cleared, and absent everywhere until their time. Early access for named media, and breaches."""
