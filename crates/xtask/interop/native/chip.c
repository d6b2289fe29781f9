/* A chip on OpenPACE, for our reader to try: PACE and secure messaging are OpenPACE's, the files those of a folder (chip_files.c). It
 * sits in a virtual reader of vsmartcard as any card does, until the reader goes away.
 * `chip --vpcd HOST:PORT --files FOLDER --document-number N --birth YYMMDD --expiry YYMMDD --can N` */

#include <arpa/inet.h>
#include <eac/eac.h>
#include <eac/pace.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "chip.h"
#include "der.h"
#include "message_mac.h"
#include "password.h"

#define MESSAGE_MAX 65535
#define STATUS_LENGTH 2
/* vpcd's words of one byte. */
#define POWER_OFF 0
#define POWER_ON 1
#define RESET 2
#define GET_ATR 4

static const unsigned char ATR[] = {0x3B, 0x80, 0x80, 0x01, 0x01};

void chip_reset(struct chip *chip)
{
    EAC_CTX_clear_free(chip->eac);
    BUF_MEM_free(chip->terminal_key);
    chip->eac = NULL;
    chip->terminal_key = NULL;
    chip->is_open = 0;
    chip->selected = NULL;
    chip->in_application = 0;
}

/* Takes header, data and Le out of a command, in short or extended length; returns 0 if it is none. */
static int parse(const unsigned char *at, size_t length, struct request *request)
{
    size_t head = 4, lc = 0;

    memset(request, 0, sizeof *request);
    if (length < head)
        return 0;
    memcpy(request->header, at, head);
    if (length == head)
        return 1;
    request->is_extended = length > head + 2 && at[head] == 0;
    if (request->is_extended)
        head++;
    if (length - head > (request->is_extended ? 2u : 1u)) {
        lc = at[head++];
        if (request->is_extended)
            lc = lc << 8 | at[head++];
        if (length - head < lc)
            return 0;
        request->data.at = at + head;
        request->data.length = lc;
        head += lc;
    }
    if (head < length) {
        request->le = at[head++];
        if (head < length)
            request->le = request->le << 8 | at[head++];
        if (!request->le)
            request->le = request->is_extended ? 65536 : 256;
    }
    return head == length;
}

/* The data of a protected command in the clear: in `clear`, which the request then points to. Returns 0 if its MAC is wrong. */
static int unprotect(EAC_CTX *eac, struct request *request, BUF_MEM **clear)
{
    struct der rest = request->data, object, cryptogram = {NULL, 0}, mac = {NULL, 0};
    const unsigned char *mac_at = NULL, *at;
    BUF_MEM *computed, *enciphered, *padded;
    unsigned tag;
    size_t le = 0;
    int genuine;

    for (at = rest.at; der_next(&rest, &tag, &object); at = rest.at) {
        if (tag == 0x87)
            cryptogram = object;
        else if (tag == 0x97)
            le = object.length == 2 ? (size_t)object.at[0] << 8 | object.at[1] : object.at[0];
        else if (tag == 0x8E) {
            mac = object;
            mac_at = at;
        }
        if (tag == 0x97 && !le)
            le = object.length == 2 ? 65536 : 256;
    }
    if (!mac_at || mac.length != MAC_LENGTH)
        return 0;
    EAC_increment_ssc(eac);
    computed = message_mac(eac, request->header, sizeof request->header, request->data.at,
                           (size_t)(mac_at - request->data.at));
    genuine = computed && computed->length == MAC_LENGTH && !CRYPTO_memcmp(computed->data, mac.at, MAC_LENGTH);
    BUF_MEM_free(computed);
    request->le = le;
    request->data.length = 0;
    if (!genuine || !cryptogram.length)
        return genuine;
    enciphered = BUF_MEM_new();
    BUF_MEM_grow(enciphered, cryptogram.length - 1);
    memcpy(enciphered->data, cryptogram.at + 1, cryptogram.length - 1);
    padded = EAC_decrypt(eac, enciphered);
    *clear = padded ? EAC_remove_iso_pad(padded) : NULL;
    BUF_MEM_free(padded);
    BUF_MEM_free(enciphered);
    if (!*clear)
        return 0;
    request->data.at = (unsigned char *)(*clear)->data;
    request->data.length = (*clear)->length;
    return 1;
}

/* Protects data and status word in place; returns the length of all of it without the status word behind. */
static size_t protect(EAC_CTX *eac, unsigned char *data, size_t length, unsigned status)
{
    static unsigned char objects[MESSAGE_MAX];
    const unsigned char word[] = {(unsigned char)(status >> 8), (unsigned char)status};
    BUF_MEM *clear = BUF_MEM_new(), *padded = NULL, *cryptogram = NULL, *mac;
    size_t total = 0;

    EAC_increment_ssc(eac);
    if (length) {
        BUF_MEM_grow(clear, length);
        memcpy(clear->data, data, length);
        padded = EAC_add_iso_pad(eac, clear);
        cryptogram = padded ? EAC_encrypt(eac, padded) : NULL;
    }
    if (cryptogram) {
        total = der_header(objects, 0x87, cryptogram->length + 1);
        objects[total++] = 0x01;
        memcpy(objects + total, cryptogram->data, cryptogram->length);
        total += cryptogram->length;
    }
    total += der_header(objects + total, 0x99, sizeof word);
    memcpy(objects + total, word, sizeof word);
    total += sizeof word;
    mac = message_mac(eac, NULL, 0, objects, total);
    if (mac) {
        total += der_header(objects + total, 0x8E, mac->length);
        memcpy(objects + total, mac->data, mac->length);
        total += mac->length;
    }
    BUF_MEM_free(mac);
    BUF_MEM_free(cryptogram);
    BUF_MEM_free(padded);
    BUF_MEM_free(clear);
    memcpy(data, objects, total);
    return total;
}

static size_t answer(struct chip *chip, const unsigned char *command, size_t length, unsigned char *response)
{
    struct request request;
    BUF_MEM *clear = NULL;
    size_t produced = 0;
    unsigned status = 0x6700;
    int is_protected = 0;

    if (parse(command, length, &request)) {
        is_protected = (request.header[0] & 0x0C) == 0x0C;
        if (is_protected && (!chip->is_open || !unprotect(chip->eac, &request, &clear))) {
            chip_reset(chip);
            is_protected = 0;
            status = 0x6988;
        } else {
            /* What comes in plain ends secure messaging. */
            if (!is_protected && chip->is_open)
                chip_reset(chip);
            status = chip_execute(chip, &request, response, &produced);
        }
    }
    if (is_protected)
        produced = protect(chip->eac, response, produced, status);
    BUF_MEM_free(clear);
    response[produced++] = (unsigned char)(status >> 8);
    response[produced++] = (unsigned char)status;
    return produced;
}

/* The whole of `length` bytes; the old driver waits for the acknowledgement of each of its packets. */
static int receive(int line, unsigned char *at, size_t length)
{
    const int yes = 1;

    while (length) {
        ssize_t got;
        setsockopt(line, IPPROTO_TCP, TCP_QUICKACK, &yes, sizeof yes);
        got = recv(line, at, length, 0);
        if (got <= 0)
            return 0;
        at += got;
        length -= (size_t)got;
    }
    return 1;
}

static int serve(struct chip *chip, int line)
{
    static unsigned char message[MESSAGE_MAX], response[STATUS_LENGTH + MESSAGE_MAX];
    unsigned char head[2];
    size_t length;

    while (receive(line, head, sizeof head)) {
        length = (size_t)head[0] << 8 | head[1];
        if (!length || !receive(line, message, length))
            return 0;
        if (length == 1 && message[0] != GET_ATR) {
            if (message[0] == POWER_OFF || message[0] == POWER_ON || message[0] == RESET)
                chip_reset(chip);
            continue;
        }
        if (length == 1) {
            length = sizeof ATR;
            memcpy(response + STATUS_LENGTH, ATR, length);
        } else {
            length = answer(chip, message, length, response + STATUS_LENGTH);
        }
        response[0] = (unsigned char)(length >> 8);
        response[1] = (unsigned char)length;
        if (send(line, response, STATUS_LENGTH + length, 0) != (ssize_t)(STATUS_LENGTH + length))
            return 0;
    }
    return 1;
}

int main(int count, char **words)
{
    struct chip chip;
    struct sockaddr_in address = {.sin_family = AF_INET};
    const char *vpcd = NULL, *port;
    int line;

    memset(&chip, 0, sizeof chip);
    for (int i = 1; i + 1 < count; i += 2) {
        const struct {
            const char *name;
            const char **value;
        } known[] = {
            {"--vpcd", &vpcd}, {"--files", &chip.folder}, {"--can", &chip.holder.can},
            {"--document-number", &chip.holder.document_number}, {"--birth", &chip.holder.birth},
            {"--expiry", &chip.holder.expiry},
        };
        for (size_t k = 0; k < sizeof known / sizeof *known; k++)
            if (!strcmp(words[i], known[k].name))
                *known[k].value = words[i + 1];
    }
    port = vpcd ? strrchr(vpcd, ':') : NULL;
    if (!port || !chip.folder || !chip.holder.can || !chip.holder.document_number || !chip.holder.birth
        || !chip.holder.expiry) {
        fprintf(stderr, "missing: one of the words\n");
        return 2;
    }
    EAC_init();
    line = socket(AF_INET, SOCK_STREAM, 0);
    address.sin_port = htons((unsigned short)atoi(port + 1));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (!chip_load(&chip) || connect(line, (struct sockaddr *)&address, sizeof address) != 0) {
        perror(chip.folder);
        return 2;
    }
    serve(&chip, line);
    close(line);
    chip_reset(&chip);
    EAC_cleanup();
    return 0;
}
