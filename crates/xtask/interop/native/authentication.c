#include "authentication.h"

#include <openssl/core_names.h>
#include <openssl/dh.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>
#include <string.h>

#define CHALLENGE_LENGTH 8
/* Under secure messaging a longer answer does not fit a short response. */
#define SHORT_SIGNATURE_MAX 200
#define EXTENDED_LE 1024
/* The value of a group of 2,048 bits. */
#define SHARED_SECRET_MAX 256

/* id-PK and id-CA, which DH (1) or ECDH (2) follows, and the plain ECDSA algorithms of TR-03111. */
static const unsigned char PK[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x01};
static const unsigned char CA[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x02, 0x02, 0x03};
static const unsigned char ACTIVE_AUTHENTICATION[] = {0x67, 0x81, 0x08, 0x01, 0x01, 0x05};
static const unsigned char ECDSA_PLAIN[] = {0x04, 0x00, 0x7F, 0x00, 0x07, 0x01, 0x01, 0x04, 0x01};

/* The contents of a SecurityInfo. */
struct security_info {
    struct der oid, required;
    struct der rest; /* behind the required data */
    const unsigned char *required_at;
};

/* Finds the SecurityInfo of DG14 whose identifier begins like this. */
static int find(const struct der *dg14, const unsigned char *oid, size_t length, struct security_info *found)
{
    struct der file = *dg14, content, set, info;
    unsigned tag;

    if (!der_take(&file, 0x6E, &content) || !der_take(&content, 0x31, &set))
        return 0;
    while (der_take(&set, 0x30, &info)) {
        if (!der_take(&info, 0x06, &found->oid))
            return 0;
        found->required_at = info.at;
        if (!der_next(&info, &tag, &found->required))
            return 0;
        found->rest = info;
        if (der_begins(&found->oid, oid, length))
            return 1;
    }
    return 0;
}

/* K_enc or K_mac of Doc 9303-11 §9.7.1 for AES. */
static BUF_MEM *derive(const unsigned char *secret, size_t length, unsigned char counter, size_t key_length)
{
    const unsigned char suffix[] = {0, 0, 0, counter};
    unsigned char digest[EVP_MAX_MD_SIZE];
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    BUF_MEM *key = BUF_MEM_new();

    EVP_DigestInit_ex(hash, key_length == 16 ? EVP_sha1() : EVP_sha256(), NULL);
    EVP_DigestUpdate(hash, secret, length);
    EVP_DigestUpdate(hash, suffix, sizeof suffix);
    EVP_DigestFinal_ex(hash, digest, NULL);
    EVP_MD_CTX_free(hash);
    BUF_MEM_grow(key, key_length);
    memcpy(key->data, digest, key_length);
    return key;
}

/* A fresh key in the chip's domain, and what it shares with the chip's: an x coordinate, or a value with its leading zeros. */
static EVP_PKEY *agree(EVP_PKEY *chip, unsigned char secret[SHARED_SECRET_MAX], size_t *length)
{
    EVP_PKEY_CTX *generation = EVP_PKEY_CTX_new(chip, NULL), *agreement = NULL;
    EVP_PKEY *ours = NULL;

    *length = SHARED_SECRET_MAX;
    if (EVP_PKEY_keygen_init(generation) == 1 && EVP_PKEY_generate(generation, &ours) == 1) {
        agreement = EVP_PKEY_CTX_new(ours, NULL);
        if (EVP_PKEY_derive_init(agreement) != 1
            || (!EVP_PKEY_is_a(ours, "EC") && EVP_PKEY_CTX_set_dh_pad(agreement, 1) != 1) || EVP_PKEY_derive_set_peer(agreement, chip) != 1
            || EVP_PKEY_derive(agreement, secret, length) != 1) {
            EVP_PKEY_free(ours);
            ours = NULL;
        }
    }
    EVP_PKEY_CTX_free(generation);
    EVP_PKEY_CTX_free(agreement);
    return ours;
}

/* MSE:Set AT with the protocol and the key's number, then GENERAL AUTHENTICATE with our key. */
static int present(struct channel *channel, const struct der *oid, const struct der *key_id, EVP_PKEY *ours)
{
    unsigned char data[CARD_RESPONSE_MAX], answer[CARD_RESPONSE_MAX], inner[300], *key = NULL;
    size_t length = der_header(data, 0x80, oid->length), answered, key_length, zeros = 0, inner_length;
    struct command set = {0x00, 0x22, 0x41, 0xA4, data, 0, 0};
    struct command authenticate = {0x00, 0x86, 0x00, 0x00, data, 0, 256};

    memcpy(data + length, oid->at, oid->length);
    length += oid->length;
    if (key_id->length) {
        length += der_header(data + length, 0x84, key_id->length);
        memcpy(data + length, key_id->at, key_id->length);
        length += key_id->length;
    }
    set.length = length;
    if (channel_send(channel, &set, answer, &answered) != 0x9000)
        return 0;

    key_length = EVP_PKEY_get1_encoded_public_key(ours, &key);
    if (!key_length || key_length > sizeof inner - 4)
        return 0;
    /* A value of a group is a number: it begins with no zero (Doc 9303-11 §9.4.3). A point begins with 04. */
    while (zeros < key_length - 1 && !key[zeros])
        zeros++;
    inner_length = der_header(inner, 0x80, key_length - zeros);
    memcpy(inner + inner_length, key + zeros, key_length - zeros);
    OPENSSL_free(key);
    inner_length += key_length - zeros;
    length = der_header(data, 0x7C, inner_length);
    memcpy(data + length, inner, inner_length);
    authenticate.length = length + inner_length;
    return channel_send(channel, &authenticate, answer, &answered) == 0x9000;
}

/* Puts new AES keys where OpenPACE keeps those of its secure messaging. */
static void rekey(EAC_CTX *eac, const unsigned char *secret, size_t length, size_t key_length)
{
    KA_CTX *keys = eac->key_ctx;

    keys->cipher = key_length == 16 ? EVP_aes_128_cbc() : key_length == 24 ? EVP_aes_192_cbc() : EVP_aes_256_cbc();
    keys->enc_keylen = keys->mac_keylen = (int)key_length;
    BUF_MEM_clear_free(keys->k_enc);
    BUF_MEM_clear_free(keys->k_mac);
    keys->k_enc = derive(secret, length, 1, key_length);
    keys->k_mac = derive(secret, length, 2, key_length);
    EAC_set_ssc(eac, 0);
}

const char *chip_authentication(struct channel *channel, const struct der *dg14)
{
    struct security_info protocol, key;
    struct der key_id = {NULL, 0};
    unsigned char secret[SHARED_SECRET_MAX];
    size_t secret_length;
    const unsigned char *spki;
    EVP_PKEY *chip, *ours;
    unsigned variant;
    int done;

    if (!find(dg14, CA, sizeof CA, &protocol) || !find(dg14, PK, sizeof PK, &key))
        return "DG14 has no protocol and key";
    variant = protocol.oid.at[protocol.oid.length - 1];
    if (variant < 2 || variant > 4)
        return "OpenPACE's channel is AES: the protocol of DG14 is not";
    if (protocol.rest.length && !der_take(&protocol.rest, 0x02, &key_id))
        return "the key number in DG14 is no INTEGER";
    spki = key.required_at;
    chip = d2i_PUBKEY(NULL, &spki, (long)(key.required.at + key.required.length - spki));
    if (!chip)
        return "OpenSSL does not read the key of DG14";
    ours = agree(chip, secret, &secret_length);
    EVP_PKEY_free(chip);
    if (!ours)
        return "OpenSSL agrees on no secret with the key of DG14";
    done = present(channel, &protocol.oid, &key_id, ours);
    EVP_PKEY_free(ours);
    if (!done)
        return "the chip refuses our key";
    rekey(channel->eac, secret, secret_length, 16 + 8 * (variant - 2));
    return NULL;
}

/* The hash of ISO 9796-2 by the trailer of the recovered message; `trailer` becomes its length. */
static const EVP_MD *hash_of_trailer(const unsigned char *recovered, size_t length, size_t *trailer)
{
    *trailer = recovered[length - 1] == 0xBC ? 1 : 2;
    if (*trailer == 1)
        return EVP_sha1();
    if (recovered[length - 1] != 0xCC)
        return NULL;
    switch (recovered[length - 2]) {
    case 0x33: return EVP_sha1();
    case 0x34: return EVP_sha256();
    case 0x35: return EVP_sha512();
    case 0x36: return EVP_sha384();
    case 0x38: return EVP_sha224();
    default: return NULL;
    }
}

/* ISO 9796-2 scheme 1 with partial recovery: 6A, random part, hash over random part and challenge, trailer. */
static int verify_rsa(EVP_PKEY *key, const unsigned char *challenge, const unsigned char *signature, size_t length)
{
    unsigned char recovered[CARD_RESPONSE_MAX], digest[EVP_MAX_MD_SIZE];
    size_t recovered_length = sizeof recovered, trailer, hashed;
    EVP_PKEY_CTX *context = EVP_PKEY_CTX_new(key, NULL);
    EVP_MD_CTX *hash = EVP_MD_CTX_new();
    const EVP_MD *algorithm = NULL;
    int genuine = 0;

    if (EVP_PKEY_verify_recover_init(context) == 1
        && EVP_PKEY_CTX_set_rsa_padding(context, RSA_NO_PADDING) == 1
        && EVP_PKEY_verify_recover(context, recovered, &recovered_length, signature, length) == 1)
        algorithm = hash_of_trailer(recovered, recovered_length, &trailer);
    if (algorithm && recovered[0] == 0x6A
        && recovered_length > 1 + (size_t)EVP_MD_get_size(algorithm) + trailer) {
        hashed = recovered_length - 1 - (size_t)EVP_MD_get_size(algorithm) - trailer;
        EVP_DigestInit_ex(hash, algorithm, NULL);
        EVP_DigestUpdate(hash, recovered + 1, hashed);
        EVP_DigestUpdate(hash, challenge, CHALLENGE_LENGTH);
        EVP_DigestFinal_ex(hash, digest, NULL);
        genuine = !memcmp(digest, recovered + 1 + hashed, (size_t)EVP_MD_get_size(algorithm));
    }
    EVP_MD_CTX_free(hash);
    EVP_PKEY_CTX_free(context);
    return genuine;
}

/* TR-03111 §5.2.1: r and s one behind the other; OpenSSL wants them as DER. */
static int verify_ecdsa(EVP_PKEY *key, const struct der *dg14, const unsigned char *challenge,
                        const unsigned char *signature, size_t length)
{
    static const char *const hashes[] = {"SHA1", "SHA224", "SHA256", "SHA384", "SHA512"};
    struct security_info info;
    EVP_MD_CTX *context = EVP_MD_CTX_new();
    ECDSA_SIG *pair = ECDSA_SIG_new();
    unsigned char *encoded = NULL;
    int encoded_length, genuine = 0;
    unsigned number = 0;

    if (find(dg14, ACTIVE_AUTHENTICATION, sizeof ACTIVE_AUTHENTICATION, &info)) {
        struct der oid = {NULL, 0};
        if (der_take(&info.rest, 0x06, &oid) && der_begins(&oid, ECDSA_PLAIN, sizeof ECDSA_PLAIN))
            number = oid.at[oid.length - 1];
    }
    ECDSA_SIG_set0(pair, BN_bin2bn(signature, (int)length / 2, NULL),
                   BN_bin2bn(signature + length / 2, (int)length / 2, NULL));
    encoded_length = i2d_ECDSA_SIG(pair, &encoded);
    if (number >= 1 && number <= 5 && encoded_length > 0
        && EVP_DigestVerifyInit_ex(context, NULL, hashes[number - 1], NULL, NULL, key, NULL) == 1)
        genuine = EVP_DigestVerify(context, encoded, (size_t)encoded_length, challenge, CHALLENGE_LENGTH) == 1;
    OPENSSL_free(encoded);
    ECDSA_SIG_free(pair);
    EVP_MD_CTX_free(context);
    return genuine;
}

const char *active_authentication(struct channel *channel, const struct der *dg14, const struct der *dg15)
{
    struct der file = *dg15, spki;
    unsigned char challenge[CHALLENGE_LENGTH], signature[CARD_RESPONSE_MAX];
    struct command authenticate = {0x00, 0x88, 0x00, 0x00, challenge, sizeof challenge, 256};
    const unsigned char *at;
    EVP_PKEY *key;
    size_t length;
    int genuine;

    if (!der_take(&file, 0x6F, &spki))
        return "DG15 is no DG15";
    at = spki.at;
    key = d2i_PUBKEY(NULL, &at, (long)spki.length);
    if (!key)
        return "OpenSSL does not read the key of DG15";
    RAND_bytes(challenge, sizeof challenge);
    if (EVP_PKEY_get_size(key) > SHORT_SIGNATURE_MAX)
        authenticate.le = EXTENDED_LE;
    if (channel_send(channel, &authenticate, signature, &length) != 0x9000) {
        EVP_PKEY_free(key);
        return "the chip refuses the challenge";
    }
    genuine = EVP_PKEY_is_a(key, "RSA")
        ? verify_rsa(key, challenge, signature, length)
        : verify_ecdsa(key, dg14, challenge, signature, length);
    EVP_PKEY_free(key);
    return genuine ? NULL : "the answer is not signed by the key of DG15";
}
