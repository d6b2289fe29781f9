#include "channel.h"

#include <string.h>

#include "der.h"
#include "message_mac.h"

#define LC_SHORT_MAX 255
#define LE_SHORT_MAX 256
#define LE_EXTENDED_MAX 65536
/* Plain bytes asked for at a time: with the wrapping they fit a short response. */
#define BLOCK 223

/* Header, data and Le in short or extended length. */
static size_t encode(const unsigned char header[4], const unsigned char *data, size_t length,
                     int le, int extended, unsigned char *out)
{
    size_t at = 4;

    memcpy(out, header, 4);
    if (extended)
        out[at++] = 0x00;
    if (length) {
        if (extended)
            out[at++] = (unsigned char)(length >> 8);
        out[at++] = (unsigned char)length;
        memcpy(out + at, data, length);
        at += length;
    }
    if (le) {
        if (extended)
            out[at++] = (unsigned char)(le >> 8);
        out[at++] = (unsigned char)le;
    }
    return at;
}

/* ISO 7816-4 §10: the command's data as cryptogram (87), its Le (97), the MAC (8E). Returns 0 on failure. */
static size_t protect(EAC_CTX *eac, const struct command *command, unsigned char *out)
{
    const unsigned char header[] = {(unsigned char)(command->cla | 0x0C), command->ins, command->p1, command->p2};
    /* The longest data that fits a short command when it is wrapped: padding, a byte in front, three headers, the MAC. */
    const int extended = command->le > LE_SHORT_MAX || command->length > LC_SHORT_MAX - 32;
    unsigned char objects[CARD_RESPONSE_MAX];
    BUF_MEM *clear = BUF_MEM_new(), *padded = NULL, *cryptogram = NULL, *mac;
    size_t length = 0;

    EAC_increment_ssc(eac);
    if (command->length) {
        BUF_MEM_grow(clear, command->length);
        memcpy(clear->data, command->data, command->length);
        padded = EAC_add_iso_pad(eac, clear);
        cryptogram = padded ? EAC_encrypt(eac, padded) : NULL;
        if (cryptogram) {
            length = der_header(objects, 0x87, cryptogram->length + 1);
            objects[length++] = 0x01;
            memcpy(objects + length, cryptogram->data, cryptogram->length);
            length += cryptogram->length;
        }
    }
    if (command->le) {
        length += der_header(objects + length, 0x97, extended ? 2 : 1);
        if (extended)
            objects[length++] = (unsigned char)(command->le >> 8);
        objects[length++] = (unsigned char)command->le;
    }
    mac = message_mac(eac, header, sizeof header, objects, length);
    BUF_MEM_free(clear);
    BUF_MEM_free(padded);
    BUF_MEM_free(cryptogram);
    if (!mac || (command->length && !cryptogram)) {
        BUF_MEM_free(mac);
        return 0;
    }
    length += der_header(objects + length, 0x8E, mac->length);
    memcpy(objects + length, mac->data, mac->length);
    length += mac->length;
    BUF_MEM_free(mac);
    return encode(header, objects, length, extended ? LE_EXTENDED_MAX : LE_SHORT_MAX, extended, out);
}

/* Checks the MAC, takes the data out of the cryptogram; 0 if anything is not as it must be. */
static unsigned unprotect(EAC_CTX *eac, const unsigned char *response, size_t length,
                          unsigned char *data, size_t *data_length)
{
    struct der all = {response, length}, object, cryptogram = {NULL, 0}, status = {NULL, 0}, mac = {NULL, 0};
    const unsigned char *mac_at = NULL;
    BUF_MEM *computed, *clear, *enciphered;
    unsigned tag;
    int genuine;

    while (all.length) {
        const unsigned char *at = all.at;
        if (!der_next(&all, &tag, &object))
            return 0;
        if (tag == 0x87)
            cryptogram = object;
        else if (tag == 0x99)
            status = object;
        else if (tag == 0x8E) {
            mac = object;
            mac_at = at;
        }
    }
    if (!mac_at || mac.length != MAC_LENGTH || status.length != 2)
        return 0;
    EAC_increment_ssc(eac);
    computed = message_mac(eac, NULL, 0, response, (size_t)(mac_at - response));
    genuine = computed && computed->length == MAC_LENGTH && !CRYPTO_memcmp(computed->data, mac.at, MAC_LENGTH);
    BUF_MEM_free(computed);
    if (!genuine)
        return 0;
    *data_length = 0;
    if (cryptogram.length > 1) {
        enciphered = BUF_MEM_new();
        BUF_MEM_grow(enciphered, cryptogram.length - 1);
        memcpy(enciphered->data, cryptogram.at + 1, cryptogram.length - 1);
        clear = EAC_decrypt(eac, enciphered);
        BUF_MEM_free(enciphered);
        enciphered = clear ? EAC_remove_iso_pad(clear) : NULL;
        BUF_MEM_free(clear);
        if (!enciphered)
            return 0;
        memcpy(data, enciphered->data, enciphered->length);
        *data_length = enciphered->length;
        BUF_MEM_free(enciphered);
    }
    return (unsigned)status.at[0] << 8 | status.at[1];
}

unsigned channel_send(struct channel *channel, const struct command *command,
                      unsigned char *data, size_t *length)
{
    unsigned char wire[CARD_RESPONSE_MAX + 16], response[CARD_RESPONSE_MAX];
    const unsigned char header[] = {command->cla, command->ins, command->p1, command->p2};
    size_t sent = channel->eac
        ? protect(channel->eac, command, wire)
        : encode(header, command->data, command->length, command->le,
                 command->le > LE_SHORT_MAX || command->length > LC_SHORT_MAX, wire);
    size_t received = sent ? card_transmit(channel->card, wire, sent, response) : 0;

    *length = 0;
    if (!received)
        return 0;
    if (channel->eac && received > 2)
        return unprotect(channel->eac, response, received - 2, data, length);
    memcpy(data, response, received - 2);
    *length = received - 2;
    return (unsigned)response[received - 2] << 8 | response[received - 1];
}

unsigned channel_read_file(struct channel *channel, unsigned short identifier,
                           unsigned char content[FILE_MAX], size_t *length)
{
    const unsigned char name[] = {(unsigned char)(identifier >> 8), (unsigned char)identifier};
    const struct command select = {0x00, 0xA4, 0x02, 0x0C, name, sizeof name, 0};
    unsigned char block[CARD_RESPONSE_MAX];
    size_t received, whole = BLOCK;
    unsigned status = channel_send(channel, &select, block, &received);

    *length = 0;
    while (status == 0x9000 && *length < whole) {
        struct command read = {0x00, 0xB0, (unsigned char)(*length >> 8), (unsigned char)*length, NULL, 0, BLOCK};
        if (whole - *length < BLOCK)
            read.le = (int)(whole - *length);
        status = channel_send(channel, &read, block, &received);
        if (status == 0x6282) /* the end was reached within the block */
            status = 0x9000;
        if (status != 0x9000)
            break;
        if (received == 0 || *length + received > FILE_MAX)
            return 0;
        memcpy(content + *length, block, received);
        if (*length == 0)
            whole = der_total(content, received);
        *length += received;
    }
    return status;
}
