/* As much of DER and BER-TLV as a reader of chips needs. */

#ifndef DER_H
#define DER_H

#include <stddef.h>

struct der {
    const unsigned char *at;
    size_t length;
};

/* Takes the next object off `rest`; returns 0 if there is no whole one. */
int der_next(struct der *rest, unsigned *tag, struct der *value);

/* As der_next, and the tag must be this one. */
int der_take(struct der *rest, unsigned tag, struct der *value);

/* How long the object is whose first bytes these are; 0 if they are none. */
size_t der_total(const unsigned char *start, size_t length);

/* Writes a one-byte tag and a length; returns how many bytes that took. */
size_t der_header(unsigned char *out, unsigned tag, size_t length);

/* Whether an object identifier begins with these bytes. */
int der_begins(const struct der *value, const unsigned char *with, size_t length);

#endif
