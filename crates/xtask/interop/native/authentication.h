/* Chip and Active Authentication with OpenSSL's arithmetic, over OpenPACE's secure messaging. */

#ifndef AUTHENTICATION_H
#define AUTHENTICATION_H

#include "channel.h"
#include "der.h"

/* Doc 9303-11 §6.2 with AES. Returns NULL when done, and the channel then runs under the new keys; else why not. */
const char *chip_authentication(struct channel *channel, const struct der *dg14);

/* Doc 9303-11 §6.1. Returns NULL when the chip has the private key of DG15, else why that is not known. */
const char *active_authentication(struct channel *channel, const struct der *dg14, const struct der *dg15);

#endif
