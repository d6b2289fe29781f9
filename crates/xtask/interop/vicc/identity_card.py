"""vicc's German identity card (`nPA`), which opens by PACE, with a travel document application beside its own.

identity_card.py --files FOLDER --vpcd HOST:PORT --can CAN --pin PIN
"""

from virtualsmartcard.CardGenerator import CardGenerator

import card

# The header of EF.DG1 with a zone of two lines of 44 characters, and one line.
DG1_HEADER, LINE = 5, 44


def zone(data_group_1):
    """The parts of a passport's zone that make its key, where the zone of an identity card has them: OpenPACE knows no other."""
    line = data_group_1[DG1_HEADER + LINE:]
    number, birth, expiry = line[:10], line[13:20], line[21:28]
    return ("<" * 5 + number).ljust(30, "<") + (birth + "<" + expiry).ljust(60, "<")


given = card.options("can=", "pin=")
folder = given["--files"]
master_file, security = CardGenerator("nPA").getCard()
security.can, security.eid_pin = given["--can"], given["--pin"]
security.mrz = zone(card.content(folder, "dg1"))
application = card.Application(folder, master_file)
card.run("nPA", given, master_file, security, application, ef_cardaccess=card.content(folder, "card-access"))
