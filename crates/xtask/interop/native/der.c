#include "der.h"

#include <string.h>

/* Reads tag and length; returns how many bytes they took, or 0. */
static size_t head(const unsigned char *start, size_t available, unsigned *tag, size_t *length)
{
    size_t at = 1;
    unsigned octets;

    if (available < 2)
        return 0;
    *tag = start[0];
    if ((start[0] & 0x1F) == 0x1F)
        *tag = *tag << 8 | start[at++];
    if (at >= available)
        return 0;
    octets = start[at] & 0x80 ? start[at] & 0x7F : 0;
    *length = octets ? 0 : start[at];
    at++;
    if (octets > 3 || available < at + octets)
        return 0;
    while (octets--)
        *length = *length << 8 | start[at++];
    return at;
}

int der_next(struct der *rest, unsigned *tag, struct der *value)
{
    size_t length, taken = head(rest->at, rest->length, tag, &length);

    if (!taken || rest->length - taken < length)
        return 0;
    value->at = rest->at + taken;
    value->length = length;
    rest->at += taken + length;
    rest->length -= taken + length;
    return 1;
}

int der_take(struct der *rest, unsigned wanted, struct der *value)
{
    unsigned tag;

    return der_next(rest, &tag, value) && tag == wanted;
}

size_t der_total(const unsigned char *start, size_t length)
{
    unsigned tag;
    size_t content, taken = head(start, length, &tag, &content);

    return taken ? taken + content : 0;
}

size_t der_header(unsigned char *out, unsigned tag, size_t length)
{
    size_t at = 0;

    out[at++] = (unsigned char)tag;
    if (length > 0xFF) {
        out[at++] = 0x82;
        out[at++] = (unsigned char)(length >> 8);
    } else if (length > 0x7F) {
        out[at++] = 0x81;
    }
    out[at++] = (unsigned char)length;
    return at;
}

int der_begins(const struct der *value, const unsigned char *with, size_t length)
{
    return value->length >= length && !memcmp(value->at, with, length);
}
