"""Octets between Python 2, where they are a `str`, and Java, whose bytes have a sign."""

from jarray import array


def to_java(text):
    return array([ord(octet) - 256 if ord(octet) > 127 else ord(octet) for octet in text], "b")


def from_java(held):
    return "".join([chr(octet & 255) for octet in held])
