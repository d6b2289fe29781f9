/* A card in a reader of PC/SC. */

#ifndef CARD_H
#define CARD_H

#include <stddef.h>
#include <winscard.h>

/* The longest response we ask for: an RSA signature under secure messaging fits well. */
#define CARD_RESPONSE_MAX 1280

struct card {
    SCARDCONTEXT context;
    SCARDHANDLE handle;
    DWORD protocol;
    unsigned round_trips;
    unsigned long sent, received; /* bytes of whole APDUs */
};

/* Connects to the card in the reader of that name and resets it; says what was wrong and returns 0 on failure. */
int card_open(struct card *card, const char *reader);

void card_close(struct card *card);

/* One command, one response. Returns the response's length, at least 2, or 0 if the card is lost. */
size_t card_transmit(struct card *card, const unsigned char *command, size_t length,
                     unsigned char response[CARD_RESPONSE_MAX]);

#endif
