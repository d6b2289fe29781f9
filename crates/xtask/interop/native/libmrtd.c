/* A reader on libmrtd, a judge of our chip: Basic Access Control and reading under secure messaging. libmrtd talks to readers of libnfc;
 * we stand in for the one function of libnfc that it calls and hand its commands to PC/SC.
 * Leaves the files it read in a folder, for OpenSSL's command line to judge. Ends with 0 accepted, 1 refused, 2 called wrongly. */

#include <nfc/nfc.h>
#include <mrtd/mrtd.h>
#include <stdio.h>
#include <string.h>

#include "card.h"
#include "verdict.h"

/* libmrtd does not ask how large our buffer is: as much as two length bytes can say, and its tag. */
#define CONTENT_MAX (65535 + 4)
#define ANSWER_LENGTH 300

static struct card card;

int nfc_initiator_transceive_bytes(nfc_device *device, const uint8_t *command, const size_t length,
                                   uint8_t *response, const size_t room, int timeout)
{
    unsigned char received[CARD_RESPONSE_MAX];
    size_t got = card_transmit(&card, command, length, received);

    (void)device;
    (void)timeout;
    if (!got || got > room)
        return NFC_EIO;
    memcpy(response, received, got);
    return (int)got;
}

static const char *open_access(const struct options *options, uint8_t *ks_enc, uint8_t *ks_mac, uint64_t *ssc)
{
    static const uint8_t select[] = {0x00, 0xA4, 0x04, 0x0C, 0x07, 0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01};
    uint8_t answer[ANSWER_LENGTH], kmrz[25] = {0};
    char number[9 + 1];

    if (nfc_initiator_transceive_bytes(NULL, select, sizeof select, answer, sizeof answer, 0) != 2
        || answer[0] != 0x90)
        return "the application cannot be selected";
    snprintf(number, sizeof number, "%s", options->document_number);
    while (strlen(number) < 9)
        strcat(number, "<");
    mrtd_bac_get_kmrz((const uint8_t *)number, (const uint8_t *)options->birth, (const uint8_t *)options->expiry, kmrz);
    mrtd_bac_randomize_rndifd_kifd();
    return mrtd_bac_keyhandshake(NULL, kmrz, ks_enc, ks_mac, ssc) < 0 ? "the keys do not fit" : NULL;
}

/* The data group's tag as EF.COM lists it, by number; DG3 and DG4 are closed. */
static const struct {
    const char *name;
    uint8_t identifier[2], tag;
} files[] = {
    {"dg1", {0x01, 0x01}, 0x61}, {"dg2", {0x01, 0x02}, 0x75}, {"dg11", {0x01, 0x0B}, 0x6B},
    {"dg12", {0x01, 0x0C}, 0x6C}, {"dg13", {0x01, 0x0D}, 0x6D}, {"dg14", {0x01, 0x0E}, 0x6E},
    {"dg15", {0x01, 0x0F}, 0x6F},
};

static int read_and_keep(const struct options *options, const char *name, const uint8_t identifier[2],
                         uint8_t *content, const uint8_t *ks_enc, const uint8_t *ks_mac, uint64_t *ssc)
{
    int length = 0;
    int status = mrtd_fileread_read(NULL, identifier, content, &length, ks_enc, ks_mac, ssc);
    int good = status >= 0 && length > 0 && options_keep(options, name, content, (size_t)length);

    return verdict_check(name, good, "cannot be read") ? length : 0;
}

int main(int count, char **words)
{
    static uint8_t com[CONTENT_MAX], content[CONTENT_MAX];
    struct options options;
    uint8_t ks_enc[16], ks_mac[16];
    double begun = clock_milliseconds();
    const char *why;
    uint64_t ssc;
    int length;

    if (!options_read(&options, count, words) || !card_open(&card, options.reader))
        return 2;
    why = open_access(&options, ks_enc, ks_mac, &ssc);
    if (verdict_check("access", !why, why)) {
        length = read_and_keep(&options, "com", (const uint8_t[]){0x01, 0x1E}, com, ks_enc, ks_mac, &ssc);
        read_and_keep(&options, "sod", (const uint8_t[]){0x01, 0x1D}, content, ks_enc, ks_mac, &ssc);
        for (size_t i = 0; i < sizeof files / sizeof *files; i++)
            if (memchr(com, files[i].tag, (size_t)length))
                read_and_keep(&options, files[i].name, files[i].identifier, content, ks_enc, ks_mac, &ssc);
    }
    card_close(&card);
    return verdict_print(LIBMRTD_VERSION, &card, clock_milliseconds() - begun);
}
