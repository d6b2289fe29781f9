"""OpenPACE's objects as vicc's identity card makes them. CHAT and CVC are of terminal authentication, which nobody asks it for."""

from openpace import address_of, function

CHAT = CVC = None

_new_secret = function("PACE_SEC_new", "ppi>p")
_new_context = function("EAC_CTX_new", ">p")


class PACE_SEC(object):
    def __init__(self, text, kind):
        self.sec = _new_secret(address_of(text), len(text), kind)


class EAC_CTX(object):
    def __init__(self):
        self.ctx = _new_context()
