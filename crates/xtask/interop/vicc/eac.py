"""OpenPACE's functions as vicc's identity card calls them in PACE and under secure messaging."""

from openpace import function

PACE_MRZ, PACE_CAN, PACE_PIN, PACE_PUK = 1, 2, 3, 4
EAC_ID_PACE, EAC_ID_CA = 0, 1

for _name, _form in {
    "EAC_init": ">",
    "CA_disable_passive_authentication": "p>",
    "EAC_CTX_init_ef_cardsecurity": "sp>i",
    "TA_STEP3_generate_ephemeral_key": "p>b",
    "CA_STEP2_get_eph_pubkey": "p>b",
    "PACE_STEP1_enc_nonce": "pp>b",
    "PACE_STEP3A_generate_mapping_data": "p>b",
    "PACE_STEP3A_map_generator": "pb>i",
    "PACE_STEP3B_generate_ephemeral_key": "p>b",
    "PACE_STEP3B_compute_shared_secret": "pb>i",
    "PACE_STEP3C_derive_keys": "p>i",
    "PACE_STEP3D_compute_authentication_token": "pb>b",
    "PACE_STEP3D_verify_authentication_token": "pb>i",
    "EAC_authenticate": "pb>b",
    "EAC_encrypt": "pb>b",
    "EAC_decrypt": "pb>b",
    "EAC_increment_ssc": "p>i",
    "EAC_CTX_set_encryption_ctx": "pi>i",
}.items():
    globals()[_name] = function(_name, _form)


def EAC_CTX_print_private(*_):
    """Draws the context for a log; ours has no use for it."""
    return ""


def print_ossl_err():
    """Draws the errors of OpenSSL; the card's status word says enough."""
