/* What was checked and how it ended; becomes one line of JSON. */

#ifndef VERDICT_H
#define VERDICT_H

#include <stddef.h>

#include "card.h"

/* Notes a check by its outcome and returns it; `why` is said of failures only. */
int verdict_check(const char *check, int passed, const char *why);

/* Prints the line and returns the exit code: 0 everything accepted, 1 something refused. */
int verdict_print(const char *version, const struct card *card, double milliseconds);

/* The words of the command line. */
struct options {
    const char *reader, *access, *document_number, *birth, *expiry, *can, *out;
};

/* Reads `--name value` pairs; says what is missing and returns 0. */
int options_read(struct options *options, int count, char **words);

/* Writes a file that was read to the folder `--out`. */
int options_keep(const struct options *options, const char *name, const unsigned char *content, size_t length);

/* A clock for the wall time, in milliseconds. */
double clock_milliseconds(void);

/* The check digit of Doc 9303-3 §4.9. */
char check_digit(const char *text);

#endif
