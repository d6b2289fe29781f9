#include "password.h"

#include <stdio.h>
#include <string.h>

/* The password as OpenPACE wants it: a CAN as it is, a machine readable zone of three lines of which only the parts that make the key are filled. */
PACE_SEC *password(const struct options *options, int is_can)
{
    char zone[90 + 1], number[9 + 1], field[16];

    if (is_can)
        return PACE_SEC_new(options->can, strlen(options->can), PACE_CAN);
    memset(zone, '<', sizeof zone);
    snprintf(number, sizeof number, "%s", options->document_number);
    while (strlen(number) < 9)
        strcat(number, "<");
    snprintf(field, sizeof field, "%s%c", number, check_digit(number));
    memcpy(zone + 5, field, strlen(field));
    snprintf(field, sizeof field, "%s%c", options->birth, check_digit(options->birth));
    memcpy(zone + 30, field, strlen(field));
    snprintf(field, sizeof field, "%s%c", options->expiry, check_digit(options->expiry));
    memcpy(zone + 38, field, strlen(field));
    return PACE_SEC_new(zone, 90, PACE_MRZ);
}
