"""What Schemathesis does not know of this service: lines of JSON, that an Idempotency-Key names one request, and what is in the register."""

import json
import os
import re
import uuid

import schemathesis

LINES = "application/x-ndjson"
KEY = "Idempotency-Key"
# Names of what is there, by the beginning of the paths in which they stand.
KNOWN = json.loads(os.environ.get("KNOWN_NAMES", "{}"))


@schemathesis.serializer(LINES)
def as_line(context, value):
    """One line for each request; what is no JSON goes as it is."""
    return value if isinstance(value, bytes) else json.dumps(value).encode() + b"\n"


@schemathesis.deserializer(LINES)
def of_lines(context, response):
    """Every line must be JSON; the first one is held against its schema."""
    lines = [json.loads(line) for line in response.content.splitlines()]
    return lines[0]


@schemathesis.deserializer("image/png")
def of_picture(context, response):
    """The octets themselves: that they are a picture at all."""
    if not response.content.startswith(b"\x89PNG\r\n\x1a\n"):
        raise ValueError("not a PNG")
    return response.content.decode("latin-1")


@schemathesis.hook
def before_call(context, case, kwargs):
    """A new word for each request, as the description asks for, where the word was a good one; a bent one stays bent."""
    key = (case.headers or {}).get(KEY)
    if isinstance(key, str) and re.fullmatch(r"[!-~]{1,128}", key):
        case.headers[KEY] = str(uuid.uuid4())


@schemathesis.hook
def map_path_parameters(context, path_parameters):
    """Every other name is one of the register: otherwise nearly all answers would be 404. What is no name stays what it is."""
    known = next((names for begin, names in KNOWN.items() if context.operation.path.startswith(begin)), [])
    for parameter, value in (path_parameters or {}).items():
        try:
            number = uuid.UUID(str(value)).int
        except ValueError:
            continue
        if known and parameter in ("id", "job", "party") and number % 2:
            path_parameters[parameter] = known[number // 2 % len(known)]
    return path_parameters


@schemathesis.hook
def map_body(context, body):
    """Whole numbers are written without a fraction: 1.0 is 1 to JSON Schema, and another word to those who read JSON (RFC 8259 §6)."""
    if isinstance(body, float) and body.is_integer() and abs(body) < 2**53:
        return int(body)
    if isinstance(body, list):
        return [map_body(context, item) for item in body]
    if isinstance(body, dict):
        return {name: map_body(context, member) for name, member in body.items()}
    return body
