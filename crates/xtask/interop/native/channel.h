/* Commands to the card, in plain or under OpenPACE's secure messaging. */

#ifndef CHANNEL_H
#define CHANNEL_H

#include <eac/eac.h>

#include "card.h"

/* The largest file we read: DG2 of a specimen, with room. Offsets stay below 32 KiB, where READ BINARY has one form. */
#define FILE_MAX 32767

struct channel {
    struct card *card;
    EAC_CTX *eac; /* NULL: plain */
};

struct command {
    unsigned char cla, ins, p1, p2;
    const unsigned char *data;
    size_t length;
    int le; /* 0: none; above 256 the command goes out in extended length */
};

/* Sends a command and returns the status word, 0 if the card is lost or the answer is not protected as it must be.
 * `data` has room for CARD_RESPONSE_MAX bytes. */
unsigned channel_send(struct channel *channel, const struct command *command,
                      unsigned char *data, size_t *length);

/* Selects a file by its identifier and reads it to its end as its own tag and length say. Returns the status word. */
unsigned channel_read_file(struct channel *channel, unsigned short identifier,
                           unsigned char content[FILE_MAX], size_t *length);

#endif
