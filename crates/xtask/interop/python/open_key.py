"""A key out of its encrypted PKCS#8 file: `open_key.py FILE OUT` with the secret in CARD_EAC_SECRET writes it as plain PKCS#8.

PBES2 with scrypt and AES-256-CBC (RFC 8018, RFC 7914). OpenSSL's command line knows both, but gives scrypt too little memory.
"""

import hashlib
import os
import pathlib
import sys

from cryptography.hazmat.primitives import padding
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

import der

PBES2 = "1.2.840.113549.1.5.13"
SCRYPT = "1.3.6.1.4.1.11591.4.11"
AES_256_CBC = "2.16.840.1.101.3.4.1.42"
MEMORY = 1 << 28


def algorithm(element, expected):
    """The parameters of an AlgorithmIdentifier, which must be this one."""
    oid, parameters = der.elements(element.content)
    if der.dotted(oid) != expected:
        raise ValueError(f"{der.dotted(oid)}, not {expected}")
    return der.elements(parameters.content)


def number(element):
    return int.from_bytes(element.content, "big")


def main():
    encrypted = pathlib.Path(sys.argv[1]).read_bytes()
    secret = os.environ["CARD_EAC_SECRET"].encode()
    identifier, content = der.elements(der.only(encrypted, der.SEQUENCE).content)
    derivation, encryption = algorithm(identifier, PBES2)
    salt, cost, block, parallel, *_ = algorithm(derivation, SCRYPT)
    oid, vector = der.elements(encryption.content)
    if der.dotted(oid) != AES_256_CBC:
        raise ValueError(f"{der.dotted(oid)}, not {AES_256_CBC}")
    key = hashlib.scrypt(
        secret, salt=salt.content, n=number(cost), r=number(block), p=number(parallel), maxmem=MEMORY, dklen=32
    )
    cipher = Cipher(algorithms.AES(key), modes.CBC(vector.content)).decryptor()
    padded = cipher.update(content.content) + cipher.finalize()
    unpadder = padding.PKCS7(128).unpadder()
    pathlib.Path(sys.argv[2]).write_bytes(unpadder.update(padded) + unpadder.finalize())


if __name__ == "__main__":
    main()
