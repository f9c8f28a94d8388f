"""The demo office: invented people, texts written for it, and nothing of any real office."""
