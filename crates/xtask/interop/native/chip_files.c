/* The commands of the chip: SELECT, READ BINARY, and those of PACE, whose steps are OpenPACE's. */

#include <eac/pace.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "chip.h"
#include "password.h"

#define EF_CARD_ACCESS 0x011C
#define EF_DG3 0x0103
#define EF_DG4 0x0104
#define MASTER_FILE 0x3F00
/* A READ BINARY that asks for more gets so much: it fits a short response under secure messaging, or an extended one with room. */
#define SHORT_BLOCK 223
#define EXTENDED_BLOCK 30000

static const unsigned char AID[] = {0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01};

static const struct {
    const char *name;
    unsigned short identifier;
} KNOWN[CHIP_FILES] = {
    {"card-access", EF_CARD_ACCESS}, {"com", 0x011E}, {"sod", 0x011D}, {"dg1", 0x0101},  {"dg2", 0x0102},
    {"dg3", 0x0103},  {"dg4", 0x0104},  {"dg5", 0x0105},  {"dg6", 0x0106},  {"dg7", 0x0107},
    {"dg8", 0x0108},  {"dg9", 0x0109},  {"dg10", 0x010A}, {"dg11", 0x010B}, {"dg12", 0x010C},
    {"dg13", 0x010D}, {"dg14", 0x010E}, {"dg15", 0x010F}, {"dg16", 0x0110},
};

int chip_load(struct chip *chip)
{
    for (size_t i = 0; i < CHIP_FILES; i++) {
        struct chip_file *file = &chip->files[i];
        char path[4096];
        FILE *stored;

        file->name = KNOWN[i].name;
        file->identifier = KNOWN[i].identifier;
        snprintf(path, sizeof path, "%s/%s.bin", chip->folder, file->name);
        stored = fopen(path, "rb");
        if (!stored)
            continue;
        file->content = malloc(CHIP_FILE_MAX);
        file->length = file->content ? fread(file->content, 1, CHIP_FILE_MAX, stored) : 0;
        fclose(stored);
    }
    return chip->files[0].length != 0;
}

/* Of the application, or of the master file, which has EF.CardAccess alone. */
static const struct chip_file *find(const struct chip *chip, unsigned short identifier)
{
    for (size_t i = 0; i < CHIP_FILES; i++)
        if (chip->files[i].length && chip->files[i].identifier == identifier
            && chip->in_application == (identifier != EF_CARD_ACCESS))
            return &chip->files[i];
    return NULL;
}

/* The status word for a file that is not there, or closed: the fingers and irises of this chip are open to nobody. */
static unsigned refusal(const struct chip *chip, unsigned short identifier)
{
    return chip->in_application && (identifier == EF_DG3 || identifier == EF_DG4) ? 0x6982 : 0x6A82;
}

static unsigned select_file(struct chip *chip, const struct request *request)
{
    const struct der *data = &request->data;
    unsigned short identifier;

    if (request->header[2] == 0x04) {
        chip->in_application = data->length == sizeof AID && !memcmp(data->at, AID, sizeof AID);
        return chip->in_application ? 0x9000 : 0x6A82;
    }
    if (data->length != 0 && data->length != 2)
        return 0x6700;
    identifier = data->length ? (unsigned short)(data->at[0] << 8 | data->at[1]) : MASTER_FILE;
    if (identifier == MASTER_FILE) {
        chip->in_application = 0;
        return 0x9000;
    }
    chip->selected = find(chip, identifier);
    return chip->selected ? 0x9000 : refusal(chip, identifier);
}

static unsigned read_binary(struct chip *chip, const struct request *request, unsigned char *response, size_t *produced)
{
    const unsigned char first = request->header[2];
    size_t offset = (size_t)(first & 0x7F) << 8 | request->header[3], left;
    size_t most = request->is_extended || request->le > 256 ? EXTENDED_BLOCK : SHORT_BLOCK;

    if (first & 0x80) {
        const unsigned short identifier = 0x0100 | (first & 0x1F);
        offset = request->header[3];
        chip->selected = find(chip, identifier);
        if (!chip->selected)
            return refusal(chip, identifier);
    }
    if (!chip->selected)
        return 0x6986;
    if (chip->selected->identifier != EF_CARD_ACCESS && !chip->is_open)
        return 0x6982;
    if (offset >= chip->selected->length)
        return 0x6B00;
    left = chip->selected->length - offset;
    *produced = request->le < most ? request->le : most;
    if (*produced > left)
        *produced = left;
    memcpy(response, chip->selected->content + offset, *produced);
    return 0x9000;
}

/* MSE:Set AT: which password. The protocol is the one of EF.CardAccess. */
static unsigned set_authentication_template(struct chip *chip, const struct request *request)
{
    struct der rest = request->data, object;
    const struct chip_file *card_access = &chip->files[0];
    unsigned tag;
    int password = 0;

    while (der_next(&rest, &tag, &object))
        if (tag == 0x83 && object.length == 1)
            password = object.at[0];
    if (password != PACE_MRZ && password != PACE_CAN)
        return 0x6A88;
    chip_reset(chip);
    chip->is_can = password == PACE_CAN;
    chip->eac = EAC_CTX_new();
    if (!chip->eac || !EAC_CTX_init_ef_cardaccess(card_access->content, card_access->length, chip->eac)
        || !chip->eac->pace_ctx)
        return 0x6A80;
    return 0x9000;
}

static BUF_MEM *copy(const void *at, size_t length)
{
    BUF_MEM *made = BUF_MEM_new();

    if (made && BUF_MEM_grow(made, length) == length && length)
        memcpy(made->data, at, length);
    return made;
}

/* Step 1 to 4 by the tag of what the terminal has sent; returns what the chip sends, with its tag. */
static BUF_MEM *pace_step(struct chip *chip, unsigned tag, const BUF_MEM *sent, unsigned *answer_tag)
{
    BUF_MEM *answer = NULL;
    PACE_SEC *secret;

    *answer_tag = tag ? tag + 1 : 0x80;
    switch (tag) {
    case 0:
        secret = password(&chip->holder, chip->is_can);
        answer = secret ? PACE_STEP1_enc_nonce(chip->eac, secret) : NULL;
        PACE_SEC_clear_free(secret);
        return answer;
    case 0x81:
        answer = PACE_STEP3A_generate_mapping_data(chip->eac);
        return answer && PACE_STEP3A_map_generator(chip->eac, sent) ? answer : NULL;
    case 0x83:
        answer = PACE_STEP3B_generate_ephemeral_key(chip->eac);
        chip->terminal_key = copy(sent->data, sent->length);
        return answer && PACE_STEP3B_compute_shared_secret(chip->eac, sent) && PACE_STEP3C_derive_keys(chip->eac)
            ? answer : NULL;
    case 0x85:
        if (!chip->terminal_key)
            return NULL;
        answer = PACE_STEP3D_compute_authentication_token(chip->eac, chip->terminal_key);
        if (!answer || PACE_STEP3D_verify_authentication_token(chip->eac, sent) != 1
            || !EAC_CTX_set_encryption_ctx(chip->eac, EAC_ID_PACE) || !EAC_set_ssc(chip->eac, 0))
            return NULL;
        chip->is_open = 1;
        return answer;
    default:
        return NULL;
    }
}

static unsigned general_authenticate(struct chip *chip, const struct request *request, unsigned char *response,
                                     size_t *produced)
{
    struct der all = request->data, dynamic, object = {NULL, 0};
    BUF_MEM *sent, *answer;
    unsigned tag = 0, answer_tag;
    size_t inner;

    if (!chip->eac || !der_take(&all, 0x7C, &dynamic) || (dynamic.length && !der_next(&dynamic, &tag, &object)))
        return 0x6985;
    sent = copy(object.at, object.length);
    answer = pace_step(chip, tag, sent, &answer_tag);
    BUF_MEM_free(sent);
    if (!answer) {
        chip_reset(chip);
        return 0x6300;
    }
    inner = der_header(response, answer_tag, answer->length) + answer->length;
    *produced = der_header(response, 0x7C, inner);
    *produced += der_header(response + *produced, answer_tag, answer->length);
    memcpy(response + *produced, answer->data, answer->length);
    *produced += answer->length;
    BUF_MEM_free(answer);
    return 0x9000;
}

unsigned chip_execute(struct chip *chip, const struct request *request, unsigned char *response, size_t *produced)
{
    switch (request->header[1]) {
    case 0xA4:
        return select_file(chip, request);
    case 0xB0:
        return read_binary(chip, request, response, produced);
    case 0x22:
        return set_authentication_template(chip, request);
    case 0x86:
        return general_authenticate(chip, request, response, produced);
    default:
        return 0x6D00;
    }
}
