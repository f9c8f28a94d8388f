"""Screens on which system administrators look after the public side: deliveries, webhooks, canaries."""
