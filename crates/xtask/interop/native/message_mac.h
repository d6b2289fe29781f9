/* The MAC of secure messaging, ISO 7816-4 §10.2.3.1. */

#ifndef MESSAGE_MAC_H
#define MESSAGE_MAC_H

#include <eac/eac.h>

#define MAC_LENGTH 8

/* The MAC over header and data objects, each padded; a header alone is padded once. */
BUF_MEM *message_mac(EAC_CTX *eac, const unsigned char *header, size_t header_length,
                     const unsigned char *objects, size_t length);

#endif
