"""A card of Debian's vicc in a virtual reader, with the files of a folder: what the passport and the identity card have in common.

vicc is imported as Debian has installed it. It is Python 2, so Jython runs it. What is put in the place of something of vicc's, here
and in the two programs, has its reason beside it; the APDUs, the file system and secure messaging are vicc's.
"""

import getopt
import os
import sys

import java.io
import java.net
from jarray import zeros

import octets
from virtualsmartcard import SmartcardFilesystem, SmartcardSAM, VirtualSmartcard
from virtualsmartcard.SmartcardFilesystem import DF, TransparentStructureEF

APPLICATION = "\xa0\x00\x00\x02G\x10\x01"
# Short identifiers as in Doc 9303-10; a file's identifier is 0100 and this.
SHORT_IDENTIFIERS = dict([("com", 0x1E), ("sod", 0x1D)] + [("dg%d" % number, number) for number in range(1, 17)])


def options(*own):
    """The words of the command line: `--files FOLDER --vpcd HOST:PORT`, and a program's own."""
    return dict(getopt.getopt(sys.argv[1:], "", ["files=", "vpcd="] + list(own))[0])


def content(folder, name):
    """What a file of the folder holds; nothing if it is not there."""
    path = os.path.join(folder, name + ".bin")
    if not os.path.exists(path):
        return None
    with open(path, "rb") as stored:
        return stored.read()


class Application(object):
    """The travel document application of a folder."""

    def __init__(self, folder, parent, has_short_identifiers=True):
        self.folder, self.master_file, self.has_short_identifiers = folder, parent, has_short_identifiers
        self.directory = DF(parent=parent, fid=4, dfname=APPLICATION, bertlv_data=[])
        parent.append(self.directory)
        self.reset()

    def reset(self):
        """Selects the master file, and takes the files as they are in the folder now."""
        self.master_file.current = self.master_file
        self.directory.content = []
        for name, identifier in SHORT_IDENTIFIERS.items():
            data = content(self.folder, name)
            if data is not None:
                self.directory.append(TransparentStructureEF(
                    parent=self.directory, fid=0x100 + identifier, filedescriptor=0, data=data,
                    shortfid=identifier if self.has_short_identifiers else 0))


class Line(object):
    """A connection that gives as much as it is asked for. Jython's own gives what has come, and vicc does not ask twice."""

    def __init__(self, host, port):
        self.socket = java.net.Socket(host, port)
        self.socket.setTcpNoDelay(True)
        self.input = java.io.DataInputStream(self.socket.getInputStream())

    def recv(self, length):
        held = zeros(length, "b")
        try:
            self.input.readFully(held)
        except java.io.IOException:
            return ""
        return octets.from_java(held)

    def sendall(self, text):
        self.socket.getOutputStream().write(octets.to_java(text))

    def settimeout(self, _):
        """It waits for as long as the reader is there."""

    def close(self):
        self.socket.close()


class Made(object):
    """A card that is made already, in the place of vicc's generator, which would ask a person for it."""

    def __init__(self, master_file, security):
        self.getCard = lambda: (master_file, security)


def _nothing(*_, **__):
    return ""


def run(card_type, given, master_file, security, application, **more):
    """Is the card for as long as the reader is there."""
    VirtualSmartcard.VirtualICC.connectToPort = staticmethod(Line)
    VirtualSmartcard.CardGenerator = lambda _: Made(master_file, security)
    # It draws every file in hexadecimal, for a log that nobody keeps: 0.7 s for a SELECT.
    SmartcardFilesystem.prettyprint_anything = VirtualSmartcard.hexdump = SmartcardSAM.hexdump = _nothing
    host, port = given["--vpcd"].split(":")
    card = VirtualSmartcard.VirtualICC(None, card_type, host, int(port), logginglevel=50, **more)
    # A reset means nothing to vicc: the last reader's file stays selected. And between two readings the folder may have become another
    # card's: Java takes its time to start, so that one process serves them all.
    card.os.powerUp = card.os.reset = application.reset
    card.run()
