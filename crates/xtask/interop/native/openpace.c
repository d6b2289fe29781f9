/* A reader on OpenPACE and OpenSSL, a judge of our chip: PACE, reading under secure messaging, Chip and Active Authentication.
 * Leaves the files it read in a folder, for OpenSSL's command line to judge. Ends with 0 accepted, 1 refused, 2 called wrongly. */

#include <eac/eac.h>
#include <eac/pace.h>
#include <openssl/crypto.h>
#include <stdio.h>
#include <string.h>

#include "authentication.h"
#include "channel.h"
#include "der.h"
#include "password.h"
#include "verdict.h"

#define EF_CARD_ACCESS 0x011C
#define EF_COM 0x011E
#define EF_SOD 0x011D

static const unsigned char AID[] = {0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01};

/* What a command of short length can carry, and what is asked for where that does not hold a value of a group. */
#define SHORT_DATA_MAX 255
#define EXTENDED_LE 1024

/* GENERAL AUTHENTICATE with one data object; returns the content of the answer's, or NULL. */
static BUF_MEM *step(struct channel *channel, int last, unsigned tag, const BUF_MEM *value, unsigned answer_tag)
{
    unsigned char data[600], inner[600], answer[CARD_RESPONSE_MAX];
    size_t inner_length = 0, length, answered;
    struct command command = {last ? 0x00 : 0x10, 0x86, 0x00, 0x00, data, 0, 256};
    struct der all = {answer, 0}, dynamic, object;
    BUF_MEM *content = NULL;

    if (value) {
        if (value->length > sizeof inner / 2)
            return NULL;
        inner_length = der_header(inner, tag, value->length);
        memcpy(inner + inner_length, value->data, value->length);
        inner_length += value->length;
    }
    length = der_header(data, 0x7C, inner_length);
    memcpy(data + length, inner, inner_length);
    command.length = length + inner_length;
    if (command.length > SHORT_DATA_MAX)
        command.le = EXTENDED_LE;
    if (channel_send(channel, &command, answer, &answered) != 0x9000)
        return NULL;
    all.length = answered;
    if (der_take(&all, 0x7C, &dynamic) && der_take(&dynamic, answer_tag, &object)) {
        content = BUF_MEM_new();
        BUF_MEM_grow(content, object.length);
        memcpy(content->data, object.at, object.length);
    }
    return content;
}

/* MSE:Set AT: the protocol of EF.CardAccess and which password. */
static int announce(struct channel *channel, int protocol, unsigned char reference)
{
    const ASN1_OBJECT *object = OBJ_nid2obj(protocol);
    unsigned char data[40], answer[CARD_RESPONSE_MAX];
    size_t length = der_header(data, 0x80, OBJ_length(object)), answered;
    struct command command = {0x00, 0x22, 0xC1, 0xA4, data, 0, 0};

    memcpy(data + length, OBJ_get0_data(object), OBJ_length(object));
    length += OBJ_length(object);
    length += der_header(data + length, 0x83, 1);
    data[length++] = reference;
    command.length = length;
    return channel_send(channel, &command, answer, &answered) == 0x9000;
}

/* The four exchanges of PACE; every step's outcome is OpenPACE's. */
static int exchange(struct channel *channel, EAC_CTX *eac, const PACE_SEC *secret)
{
    BUF_MEM *nonce = step(channel, 0, 0, NULL, 0x80), *mapping = NULL, *chip_mapping = NULL, *ephemeral = NULL,
            *chip_ephemeral = NULL, *token = NULL, *chip_token = NULL;
    int done = 0;

    if (nonce && PACE_STEP2_dec_nonce(eac, secret, nonce) && (mapping = PACE_STEP3A_generate_mapping_data(eac))
        && (chip_mapping = step(channel, 0, 0x81, mapping, 0x82)) && PACE_STEP3A_map_generator(eac, chip_mapping)
        && (ephemeral = PACE_STEP3B_generate_ephemeral_key(eac))
        && (chip_ephemeral = step(channel, 0, 0x83, ephemeral, 0x84))
        && PACE_STEP3B_compute_shared_secret(eac, chip_ephemeral) && PACE_STEP3C_derive_keys(eac)
        && (token = PACE_STEP3D_compute_authentication_token(eac, chip_ephemeral))
        && (chip_token = step(channel, 1, 0x85, token, 0x86)))
        done = PACE_STEP3D_verify_authentication_token(eac, chip_token) == 1;
    BUF_MEM_free(nonce);
    BUF_MEM_free(mapping);
    BUF_MEM_free(chip_mapping);
    BUF_MEM_free(ephemeral);
    BUF_MEM_free(chip_ephemeral);
    BUF_MEM_free(token);
    BUF_MEM_free(chip_token);
    return done;
}

static const char *pace(struct channel *channel, EAC_CTX *eac, const struct options *options)
{
    static unsigned char card_access[FILE_MAX];
    unsigned char answer[CARD_RESPONSE_MAX];
    const struct command select = {0x00, 0xA4, 0x04, 0x0C, AID, sizeof AID, 0};
    size_t length;
    PACE_SEC *secret;
    int done;

    if (channel_read_file(channel, EF_CARD_ACCESS, card_access, &length) != 0x9000)
        return "EF.CardAccess cannot be read";
    if (!EAC_CTX_init_ef_cardaccess(card_access, length, eac) || !eac->pace_ctx)
        return "OpenPACE does not read EF.CardAccess";
    if (!announce(channel, eac->pace_ctx->protocol, strcmp(options->access, "pace-can") ? PACE_MRZ : PACE_CAN))
        return "the chip refuses MSE:Set AT";
    secret = password(options, !strcmp(options->access, "pace-can"));
    done = secret && exchange(channel, eac, secret);
    PACE_SEC_clear_free(secret);
    if (!done)
        return "PACE ended before the chip's token was right";
    if (!EAC_CTX_set_encryption_ctx(eac, EAC_ID_PACE) || !EAC_set_ssc(eac, 0))
        return "OpenPACE has no keys for secure messaging";
    channel->eac = eac;
    return channel_send(channel, &select, answer, &length) == 0x9000 ? NULL : "the application cannot be selected";
}

/* Reads a file, checks the status word, keeps the file; returns its content in `file`. */
static int read_and_keep(struct channel *channel, const struct options *options, const char *name,
                         unsigned short identifier, unsigned char *buffer, struct der *file)
{
    size_t length;
    unsigned status = channel_read_file(channel, identifier, buffer, &length);

    file->at = buffer;
    file->length = status == 0x9000 ? length : 0;
    return verdict_check(name, status == 0x9000 && options_keep(options, name, buffer, length),
                         "cannot be read");
}

/* DG3 and DG4 want terminal authentication: SELECT or READ must answer 6982. */
static void check_closed(struct channel *channel, const char *name, unsigned short identifier, unsigned char *buffer)
{
    char check[32];
    size_t length;

    snprintf(check, sizeof check, "%s stays closed", name);
    verdict_check(check, channel_read_file(channel, identifier, buffer, &length) == 0x6982,
                  "the status word is not 6982");
}

static void read_all(struct channel *channel, const struct options *options)
{
    static const unsigned tags[] = {0, 0x61, 0x75, 0x63, 0x76, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6A, 0x6B, 0x6C, 0x6D, 0x6E, 0x6F, 0x70};
    static unsigned char com_buffer[FILE_MAX], dg14_buffer[FILE_MAX], dg15_buffer[FILE_MAX], buffer[FILE_MAX];
    struct der com, rest, list = {NULL, 0}, object, dg14 = {dg14_buffer, 0}, dg15 = {dg15_buffer, 0}, other;
    const char *why;
    char name[8];
    unsigned tag;

    if (!read_and_keep(channel, options, "com", EF_COM, com_buffer, &com) || !der_take(&com, 0x60, &rest))
        return;
    while (der_next(&rest, &tag, &object))
        if (tag == 0x5C)
            list = object;
    read_and_keep(channel, options, "sod", EF_SOD, buffer, &other);
    if (memchr(list.at, tags[14], list.length)
        && read_and_keep(channel, options, "dg14", 0x010E, dg14_buffer, &dg14)) {
        why = chip_authentication(channel, &dg14);
        /* The first command under the new keys: without it the change would not have been seen. */
        if (!why && channel_read_file(channel, EF_COM, buffer, &(size_t){0}) != 0x9000)
            why = "nothing can be read under the new keys";
        if (!verdict_check("chip authentication", !why, why))
            return;
    }
    for (unsigned short number = 1; number <= 16; number++) {
        snprintf(name, sizeof name, "dg%u", number);
        if (number == 14 || !memchr(list.at, (int)tags[number], list.length))
            continue;
        if (number == 3 || number == 4)
            check_closed(channel, name, 0x0100 | number, buffer);
        else
            read_and_keep(channel, options, name, 0x0100 | number, number == 15 ? dg15_buffer : buffer,
                          number == 15 ? &dg15 : &other);
    }
    if (dg15.length) {
        why = active_authentication(channel, &dg14, &dg15);
        verdict_check("active authentication", !why, why);
    }
}

int main(int count, char **words)
{
    struct options options;
    struct card card;
    struct channel channel = {&card, NULL};
    double begun = clock_milliseconds();
    const char *why;
    EAC_CTX *eac;
    char version[120];

    if (!options_read(&options, count, words) || !card_open(&card, options.reader))
        return 2;
    EAC_init();
    eac = EAC_CTX_new();
    why = pace(&channel, eac, &options);
    if (verdict_check("access", !why, why))
        read_all(&channel, &options);
    card_close(&card);
    EAC_CTX_clear_free(eac);
    EAC_cleanup();
    snprintf(version, sizeof version, "%s, %s", OPENPACE_VERSION, OpenSSL_version(OPENSSL_VERSION_STRING));
    return verdict_print(version, &card, clock_milliseconds() - begun);
}
