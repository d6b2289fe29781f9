#include "card.h"

#include <stdio.h>
#include <string.h>

static int succeeded(const char *what, LONG result)
{
    if (result == SCARD_S_SUCCESS)
        return 1;
    fprintf(stderr, "%s: %s\n", what, pcsc_stringify_error(result));
    return 0;
}

int card_open(struct card *card, const char *reader)
{
    memset(card, 0, sizeof *card);
    return succeeded("SCardEstablishContext",
                     SCardEstablishContext(SCARD_SCOPE_SYSTEM, NULL, NULL, &card->context))
        && succeeded(reader,
                     SCardConnect(card->context, reader, SCARD_SHARE_EXCLUSIVE,
                                  SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, &card->handle, &card->protocol))
        /* Another reader may have left it in the middle of something. */
        && succeeded("SCardReconnect",
                     SCardReconnect(card->handle, SCARD_SHARE_EXCLUSIVE,
                                    SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1, SCARD_RESET_CARD, &card->protocol));
}

void card_close(struct card *card)
{
    SCardDisconnect(card->handle, SCARD_RESET_CARD);
    SCardReleaseContext(card->context);
}

size_t card_transmit(struct card *card, const unsigned char *command, size_t length,
                     unsigned char response[CARD_RESPONSE_MAX])
{
    const SCARD_IO_REQUEST *request = card->protocol == SCARD_PROTOCOL_T0 ? SCARD_PCI_T0 : SCARD_PCI_T1;
    DWORD received = CARD_RESPONSE_MAX;

    card->round_trips++;
    if (!succeeded("SCardTransmit",
                   SCardTransmit(card->handle, request, command, length, NULL, response, &received)))
        return 0;
    card->sent += length;
    card->received += received;
    return received >= 2 ? received : 0;
}
