"""What vicc imports from here and a passport does not use."""

HMAC = SHA = None
