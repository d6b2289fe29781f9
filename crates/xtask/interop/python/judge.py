"""The Python package `cryptography` as judge of what a state issues: `judge.py FOLDER` prints one verdict as JSON.

The folder holds what a receiving state would get, as DER; what is not there is not judged:

    csca.der                the certificate that is trusted
    csca-next.der link.der  the next CSCA, and the certificate that leads from the old key to it
    *-signer.der            certificates that the CSCA has issued; next-signer.der is issued by the next one
    crl.der crl-next.der    their revocation lists, and revoked.txt: serial numbers (hexadecimal) that must be on both
    master-list.ml deviation-list.dl sod.cms   CMS objects
    dg1.bin …               data groups, whose hashes the content of sod.cms must have

Every signed object is also altered, and must then be refused.
"""

import datetime
import json
import pathlib
import sys

import cryptography
from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.x509.oid import ExtensionOID as Oid

import der

HASHES = {
    "1.3.14.3.2.26": hashes.SHA1(),
    "2.16.840.1.101.3.4.2.4": hashes.SHA224(),
    "2.16.840.1.101.3.4.2.1": hashes.SHA256(),
    "2.16.840.1.101.3.4.2.2": hashes.SHA384(),
    "2.16.840.1.101.3.4.2.3": hashes.SHA512(),
}
ECDSA = {f"1.2.840.10045.4.3.{n}": h for n, h in zip((1, 2, 3, 4), list(HASHES.values())[1:])}
ECDSA["1.2.840.10045.4.1"] = hashes.SHA1()
PKCS1 = {f"1.2.840.113549.1.1.{n}": h for n, h in zip((5, 14, 11, 12, 13), HASHES.values())}
LISTS = {
    "master-list.ml": "2.23.136.1.1.2",
    "deviation-list.dl": "2.23.136.1.1.7",
    "sod.cms": "2.23.136.1.1.1",
}


class Judgement:
    """Checks by outcome."""

    def __init__(self, folder):
        self.folder = folder
        self.passed, self.failed, self.unable = set(), {}, {}

    def check(self, name, question):
        """Asks a question that raises what is wrong; returns its answer."""
        try:
            answer = question()
        except UnsupportedAlgorithm as why:
            self.unable[name] = str(why)
        except Exception as why:
            self.failed[name] = f"{type(why).__name__}: {why}"
        else:
            self.passed.add(name)
            return answer

    def refuses(self, name, question):
        """Asks a question that must be answered with a refusal."""

        def refused():
            try:
                question()
            except (InvalidSignature, ValueError):
                return
            require(False, "it was accepted")

        self.check(f"altered {name} is refused", refused)

    def file(self, name):
        path = self.folder / name
        return path.read_bytes() if path.is_file() else None


def require(truth, otherwise):
    if not truth:
        raise ValueError(otherwise)


def extension(holder, oid):
    return holder.extensions.get_extension_for_oid(oid).value


def load(data):
    """A certificate with everything in it read."""
    certificate = x509.load_der_x509_certificate(data)
    require(certificate.version == x509.Version.v3, "it is not of version 3")
    require(certificate.serial_number > 0, "its serial number is not positive")
    list(certificate.extensions)
    return certificate


def valid_now(certificate):
    now = datetime.datetime.now(datetime.timezone.utc)
    begin, end = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    require(begin <= now <= end, "it is not valid now")


def issued(certificate, issuer):
    """Names, signature, key identifiers and validity."""
    certificate.verify_directly_issued_by(issuer)
    authority = extension(certificate, Oid.AUTHORITY_KEY_IDENTIFIER).key_identifier
    require(authority == extension(issuer, Oid.SUBJECT_KEY_IDENTIFIER).digest, "its authority key is another")
    valid_now(certificate)


def is_authority(certificate):
    require(extension(certificate, Oid.BASIC_CONSTRAINTS).ca, "it is no authority")
    require(extension(certificate, Oid.KEY_USAGE).key_cert_sign, "its key signs no certificates")


def altered(data):
    """The same with one bit of its last octet turned, which is one of the signature's."""
    return data[:-1] + bytes([data[-1] ^ 1])


def verify(key, algorithm, pss, signature, signed):
    """A signature by its algorithm identifier."""
    if isinstance(key, rsa.RSAPublicKey) and pss:
        scheme = padding.PSS(padding.MGF1(HASHES[pss.mask_hash]), pss.salt)
        key.verify(signature, signed, scheme, HASHES[pss.hash])
    elif isinstance(key, rsa.RSAPublicKey):
        key.verify(signature, signed, padding.PKCS1v15(), PKCS1[algorithm])
    else:
        key.verify(signature, signed, ec.ECDSA(ECDSA[algorithm]))


def digest(oid, data):
    computed = hashes.Hash(HASHES[oid])
    computed.update(data)
    return computed.finalize()


def signed_object(data, content_type, csca):
    """A CMS object: content type, digest, signature, and its signer under the CSCA."""
    message = der.SignedData(data)
    require(message.version == 3, "its version is not 3")
    require(message.content_type == content_type, f"its content is {message.content_type}")
    require(der.dotted(message.attributes[der.CONTENT_TYPE]) == content_type, "another content type is signed")
    require(
        message.attributes[der.MESSAGE_DIGEST].content == digest(message.digest, message.content),
        "the hash of the content is another",
    )
    signer = signer_of(message)
    verify(signer.public_key(), message.algorithm, message.pss, message.signature, message.signed)
    issued(signer, csca)
    return message


def signer_of(message):
    certificates = [load(data) for data in message.certificates]
    for certificate in certificates:
        if message.identifier.tag == 0x80:
            named = extension(certificate, Oid.SUBJECT_KEY_IDENTIFIER).digest == message.identifier.content
        else:
            issuer, number = der.elements(message.identifier.content)
            named = issuer.raw == certificate.issuer.public_bytes() and certificate.serial_number == int.from_bytes(
                number.content, "big"
            )
        if named:
            return certificate
    raise ValueError("the certificate of its signer is not in it")


def judge_certificates(judgement, csca, successor):
    judgement.check("csca", lambda: (issued(csca, csca), is_authority(csca)))
    for path in sorted(judgement.folder.glob("*-signer.der")):
        name, data = path.stem, path.read_bytes()
        issuer = successor if name == "next-signer" else csca
        judgement.check(name, lambda: issued(load(data), issuer))
        judgement.refuses(name, lambda: issued(load(altered(data)), issuer))
    if successor:
        link = judgement.file("link.der")
        judgement.check("csca-next", lambda: (issued(successor, successor), is_authority(successor)))
        judgement.check("link", lambda: judge_link(load(link), successor, csca))
        judgement.refuses("link", lambda: judge_link(load(altered(link)), successor, csca))


def judge_link(link, successor, csca):
    issued(link, csca)
    is_authority(link)
    require(link.public_key() == successor.public_key(), "it leads to another key")
    require(link.subject == successor.subject, "it leads to another name")


def judge_crl(judgement, word, issuer):
    data = judgement.file(f"{word}.der")
    if not data:
        return
    numbers = [int(line, 16) for line in (judgement.file("revoked.txt") or b"").split()]
    judgement.check(word, lambda: crl(data, issuer, numbers))
    judgement.refuses(word, lambda: crl(altered(data), issuer, numbers))


def crl(data, csca, numbers):
    revocations = x509.load_der_x509_crl(data)
    require(revocations.issuer == csca.subject, "its issuer is another")
    if not revocations.is_signature_valid(csca.public_key()):
        raise InvalidSignature
    authority = extension(revocations, Oid.AUTHORITY_KEY_IDENTIFIER).key_identifier
    require(authority == extension(csca, Oid.SUBJECT_KEY_IDENTIFIER).digest, "its authority key is another")
    require(extension(revocations, Oid.CRL_NUMBER).crl_number >= 0, "its number is below zero")
    now = datetime.datetime.now(datetime.timezone.utc)
    require(revocations.last_update_utc <= now <= revocations.next_update_utc, "it is not of now")
    found = sorted(entry.serial_number for entry in revocations)
    require(found == sorted(numbers), f"it has {len(found)} entries, not these {len(numbers)}")
    for number in numbers:
        require(revocations.get_revoked_certificate_by_serial_number(number), f"{number:x} is not found")


def judge_lists(judgement, csca):
    for name, content_type in LISTS.items():
        data, word = judgement.file(name), name.split(".")[0]
        if not data:
            continue
        message = judgement.check(word, lambda: signed_object(data, content_type, csca))
        judgement.refuses(word, lambda: signed_object(altered(data), content_type, csca))
        if message and word == "master-list":
            judgement.check("certificates of the master list", lambda: listed(message.content, csca))
        if message and word == "sod":
            judge_hashes(judgement, message.content)


def judge_hashes(judgement, content):
    """`SEQUENCE { INTEGER, AlgorithmIdentifier, SEQUENCE OF SEQUENCE { INTEGER, OCTET STRING } … }` (Doc 9303-10 §4.6.2.3)."""
    _, algorithm, values, *_ = der.elements(der.only(content, der.SEQUENCE).content)
    oid = der.dotted(der.elements(algorithm.content)[0])
    pairs = [der.elements(value.content) for value in der.elements(values.content)]
    signed = {int.from_bytes(number.content, "big"): value.content for number, value in pairs}
    for number in range(1, 17):
        data = judgement.file(f"dg{number}.bin")
        if data:
            judgement.check(
                f"hash dg{number}", lambda: require(digest(oid, data) == signed.get(number), "the hash in EF.SOD is another")
            )


def listed(content, csca):
    """`SEQUENCE { INTEGER 0, SET OF Certificate }`, in order, the CSCA among them."""
    version, certificates = der.elements(der.only(content, der.SEQUENCE).content)
    require(version.raw == bytes([der.INTEGER, 1, 0]), "its version is not 0")
    raw = [element.raw for element in der.elements(certificates.content)]
    require(raw == sorted(raw), "its certificates are not in the order of DER")
    loaded = [load(data) for data in raw]
    require(csca in loaded, "the CSCA is not in it")
    for certificate in loaded:
        is_authority(certificate)


def main():
    judgement = Judgement(pathlib.Path(sys.argv[1]))
    csca = judgement.check("csca is read", lambda: load(judgement.file("csca.der")))
    if csca:
        data = judgement.file("csca-next.der")
        successor = judgement.check("csca-next is read", lambda: load(data)) if data else None
        judge_certificates(judgement, csca, successor)
        judge_crl(judgement, "crl", csca)
        judge_crl(judgement, "crl-next", successor)
        judge_lists(judgement, csca)
    verdict = {
        "version": cryptography.__version__,
        "passed": sorted(judgement.passed),
        "failed": judgement.failed,
        "unable": judgement.unable,
    }
    print(json.dumps(verdict))


if __name__ == "__main__":
    main()
