"""vicc's passport (`ePass`), which opens by basic access control, with the files of a folder.

passport.py --files FOLDER --vpcd HOST:PORT [--as-made] [--no-short-identifiers]
"""

from virtualsmartcard import CryptoUtils, utils
from virtualsmartcard.SmartcardFilesystem import MF
from virtualsmartcard.cards import ePass, nPA

import card


def mend():
    """Two things that Doc 9303-11, clause 9.8, wants and vicc's passport does not do, replaced while it runs."""
    # Its answers lack DO'99', and the MAC where they are not 9000. Its identity card's are right.
    ePass.ePass_SE.protect_response = nPA.nPA_SE.protect_response.im_func
    # A send sequence counter that begins with 00 loses that octet: one session of 256 would fail.
    CryptoUtils.inttostring = lambda number: utils.inttostring(number, 8)


given = card.options("as-made", "no-short-identifiers")
if "--as-made" not in given:
    mend()
master_file = MF()
application = card.Application(given["--files"], master_file, "--no-short-identifiers" not in given)
card.run("ePass", given, master_file, ePass.PassportSAM(master_file), application)
