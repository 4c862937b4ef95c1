"""Webhooks: what they say, and who carries them."""
