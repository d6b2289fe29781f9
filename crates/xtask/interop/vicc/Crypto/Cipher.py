"""DES and two-key 3DES of the Java Development Kit, with the interface of PyCrypto."""

from javax.crypto import Cipher
from javax.crypto.spec import IvParameterSpec, SecretKeySpec

import octets

# Imported by vicc, not used by a passport.
AES = ARC4 = None


class Algorithm(object):
    """What is a module in PyCrypto: its modes, its block, and `new`."""

    MODE_ECB, MODE_CBC, block_size = 1, 2, 8

    def __init__(self, name):
        self.name = name

    def new(self, key, mode, iv=None):
        if mode == self.MODE_ECB:
            return Keyed(self.name, "ECB", key, [])
        return Keyed(self.name, "CBC", key, [IvParameterSpec(octets.to_java(iv))])


class Keyed(object):
    """An algorithm with its key."""

    def __init__(self, name, mode, key, parameters):
        # Java wants the third key of 3DES said, and the first is used again.
        whole = key + key[:8] if len(key) == 16 else key
        self.form = "%s/%s/NoPadding" % (name, mode)
        self.key = SecretKeySpec(octets.to_java(whole), name)
        self.parameters = parameters

    def encrypt(self, text):
        return self._run(Cipher.ENCRYPT_MODE, text)

    def decrypt(self, text):
        return self._run(Cipher.DECRYPT_MODE, text)

    def _run(self, direction, text):
        cipher = Cipher.getInstance(self.form)
        cipher.init(direction, self.key, *self.parameters)
        return octets.from_java(cipher.doFinal(octets.to_java(text)))


DES, DES3 = Algorithm("DES"), Algorithm("DESede")
