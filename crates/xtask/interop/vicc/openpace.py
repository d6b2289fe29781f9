"""OpenPACE by ctypes: Debian has no binding of it for Python 2, and vicc's identity card leaves its cryptography to one.

Pointers are numbers of 64 bits. Nothing is freed: the process ends after a few readings.
"""

from ctypes import CDLL, c_int, c_long

from com.kenai.jffi import MemoryIO
from jarray import zeros

import octets

memory = MemoryIO.getInstance()
libeac, libcrypto = CDLL("libeac.so.3"), CDLL("libcrypto.so.3")
# A BUF_MEM begins with its length; after it comes the address of what it holds.
ADDRESS = 8


def bound(library, name, result, *arguments):
    function = getattr(library, name)
    function.restype, function.argtypes = result, list(arguments)
    return function


new_buffer = bound(libcrypto, "BUF_MEM_new", c_long)
grow_buffer = bound(libcrypto, "BUF_MEM_grow", c_long, c_long, c_long)


def buffer_of(text):
    """A BUF_MEM of these octets."""
    buffer = new_buffer()
    grow_buffer(buffer, len(text))
    memory.putByteArray(memory.getLong(buffer + ADDRESS), octets.to_java(text), 0, len(text))
    return buffer


def text_of(buffer):
    """What a BUF_MEM holds; nothing where OpenPACE failed and gave none."""
    if not buffer:
        return None
    length = memory.getLong(buffer)
    held = zeros(length, "b")
    memory.getByteArray(memory.getLong(buffer + ADDRESS), held, 0, length)
    return octets.from_java(held)


def address_of(text):
    """Where these octets lie from now on."""
    return memory.getLong(buffer_of(text) + ADDRESS)


def function(name, form):
    """A function of OpenPACE. Its form says what it takes and, behind `>`, what it gives.

    `p` a pointer; `i` a number; `b` octets as BUF_MEM; `s` octets as address and length; nothing: void
    """
    taken, given = form.split(">")
    types = {"p": [c_long], "i": [c_int], "b": [c_long], "s": [c_long, c_long]}
    arguments = [kind for letter in taken for kind in types[letter]]
    call = bound(libeac, name, types[given][0] if given else None, *arguments)

    def called(*values):
        words = []
        for letter, value in zip(taken, values):
            if letter == "b":
                words.append(buffer_of(value))
            elif letter == "s":
                words += [address_of(value), len(value)]
            else:
                words.append(value)
        answer = call(*words)
        return text_of(answer) if given == "b" else answer

    return called
