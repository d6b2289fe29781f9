#include "message_mac.h"

#include <string.h>

BUF_MEM *message_mac(EAC_CTX *eac, const unsigned char *header, size_t header_length,
                     const unsigned char *objects, size_t length)
{
    BUF_MEM *all = BUF_MEM_new(), *part = BUF_MEM_new(), *padded, *mac = NULL;

    BUF_MEM_grow(part, header_length);
    memcpy(part->data, header, header_length);
    padded = header_length ? EAC_add_iso_pad(eac, part) : NULL;
    if (padded && length) {
        BUF_MEM_grow(all, padded->length + length);
        memcpy(all->data, padded->data, padded->length);
        memcpy(all->data + padded->length, objects, length);
    } else {
        BUF_MEM_grow(all, header_length + length);
        memcpy(all->data, header_length ? header : objects, header_length + length);
    }
    BUF_MEM_free(padded);
    padded = EAC_add_iso_pad(eac, all);
    if (padded)
        mac = EAC_authenticate(eac, padded);
    BUF_MEM_free(padded);
    BUF_MEM_free(part);
    BUF_MEM_free(all);
    return mac;
}
