"""Just enough DER to take a signed CMS object apart (RFC 5652): the library has no reader for it."""

from collections import namedtuple

Element = namedtuple("Element", "tag content raw")

SEQUENCE, SET, INTEGER, OCTET_STRING, OID = 0x30, 0x31, 0x02, 0x04, 0x06
SIGNED_DATA = "1.2.840.113549.1.7.2"
CONTENT_TYPE, MESSAGE_DIGEST, SIGNING_TIME = (f"1.2.840.113549.1.9.{n}" for n in (3, 4, 5))
RSA_PSS = "1.2.840.113549.1.1.10"
MGF1 = "1.2.840.113549.1.1.8"


def elements(data):
    """The elements of a row, in strict DER: lengths definite and as short as can be."""
    found = []
    at = 0
    while at < len(data):
        begin, tag, first = at, data[at], data[at + 1]
        at += 2
        if tag & 0x1F == 0x1F:
            raise ValueError("tag of several octets")
        length = first
        if first & 0x80:
            octets = first & 0x7F
            length = int.from_bytes(data[at : at + octets], "big")
            at += octets
            if octets == 0 or length < 0x80 or length.bit_length() <= 8 * (octets - 1):
                raise ValueError("length is not DER")
        if at + length > len(data):
            raise ValueError("element is longer than what it stands in")
        found.append(Element(tag, data[at : at + length], data[begin : at + length]))
        at += length
    return found


def only(data, tag):
    """The one element that fills the data."""
    (element,) = elements(data)
    if element.tag != tag:
        raise ValueError(f"tag {element.tag:02x}, not {tag:02x}")
    return element


def dotted(element):
    """An object identifier in dotted form."""
    numbers = [0]
    for octet in element.content:
        numbers[-1] = numbers[-1] << 7 | octet & 0x7F
        if not octet & 0x80:
            numbers.append(0)
    first = min(numbers[0] // 40, 2)
    return ".".join(map(str, [first, numbers[0] - 40 * first, *numbers[1:-1]]))


class Pss:
    """RSASSA-PSS-params (RFC 4055 §3.1), the defaults filled in."""

    def __init__(self, parameters):
        self.hash, self.mask_hash, self.salt = "1.3.14.3.2.26", "1.3.14.3.2.26", 20
        for field in elements(only(parameters, SEQUENCE).content):
            inner = elements(field.content)[0]
            if field.tag == 0xA0:
                self.hash = dotted(elements(inner.content)[0])
            elif field.tag == 0xA1:
                function, mask = elements(inner.content)
                if dotted(function) != MGF1:
                    raise ValueError("mask generation function is not MGF1")
                self.mask_hash = dotted(elements(mask.content)[0])
            elif field.tag == 0xA2:
                self.salt = int.from_bytes(inner.content, "big")


class SignedData:
    """A CMS SignedData with one signer."""

    def __init__(self, data):
        kind, inside = elements(only(data, SEQUENCE).content)
        if dotted(kind) != SIGNED_DATA:
            raise ValueError("no SignedData")
        fields = elements(only(inside.content, SEQUENCE).content)
        version, _digests, encapsulated, *optional, signers = fields
        self.version = int.from_bytes(version.content, "big")
        kind, content = elements(encapsulated.content)
        self.content_type = dotted(kind)
        self.content = only(content.content, OCTET_STRING).content
        self.certificates = [
            element.raw for field in optional if field.tag == 0xA0 for element in elements(field.content)
        ]
        (signer,) = elements(signers.content)
        self._read_signer(elements(signer.content))

    def _read_signer(self, fields):
        _version, self.identifier, digest, attributes, algorithm, signature, *_ = fields
        self.digest = dotted(elements(digest.content)[0])
        if attributes.tag != 0xA0:
            raise ValueError("no signed attributes")
        # Signed with the tag of a SET (RFC 5652 §5.4).
        self.signed = bytes([SET]) + attributes.raw[1:]
        self.attributes = {}
        for attribute in elements(attributes.content):
            kind, values = elements(attribute.content)
            self.attributes[dotted(kind)] = elements(values.content)[0]
        self.algorithm, *parameters = elements(algorithm.content)
        self.algorithm = dotted(self.algorithm)
        self.pss = Pss(parameters[0].raw) if self.algorithm == RSA_PSS else None
        self.signature = signature.content
