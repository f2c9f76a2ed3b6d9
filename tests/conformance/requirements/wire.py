"""Frames and JSON."""

from typing import Final

from tests.conformance.requirement import Differs, Gap, Met, Requirement

WIRE: Final[dict[str, Requirement]] = {
    "wire.text_in": Met(
        "1.3 [S], B.7",
        "A client message may come as a text frame.",
    ),
    "wire.binary_in": Met(
        "1.3, B.7",
        "A client message may come as UTF-8 JSON in a binary frame.",
    ),
    "wire.binary_out": Met(
        "1.3 [S], B.7, clients 4.2",
        "Server messages are binary frames, which the notebooks' `.decode()` needs.",
    ),
    "wire.text_out": Gap(
        "1.3",
        "Server messages can be had as text frames.",
        why="every known client reads binary frames",
        client="there is no setting for it",
    ),
    "wire.formatting": Differs(
        "1.3 [R]",
        "Server messages are pretty-printed with two spaces.",
        instead="they are compact; no client minds",
    ),
    "wire.camel_out": Met(
        "1.3, clients 4.4",
        "Field names of server messages are camelCase.",
    ),
    "wire.keys": Met(
        "1.3, 1.4 [P][S], B.3",
        "Keys may be camelCase or snake_case, mixed at every level of one message.",
    ),
    "wire.envelopes": Met(
        "1.4 [P][S], 2",
        "Each message of real clients is understood in the forms recorded of them.",
        tests=("tests/conformance/test_replay.py::test_it_is_accepted_and_answered",),
    ),
    "wire.one_member": Met(
        "1.3, 2",
        "A message holds exactly one of the five members; none or two close with 1007.",
    ),
    "wire.enums": Met(
        "1.3",
        "Enumerations are read by name in any case and by number; `*_UNSPECIFIED` is the default.",
    ),
    "wire.roles": Met(
        "1.3 [S]",
        "A role is read in any case.",
    ),
    "wire.base64_in": Met(
        "1.3 [P], B.4",
        "Base64 is read in the standard and the URL-safe alphabet, with padding or without.",
    ),
    "wire.base64_out": Met(
        "1.3 [R]",
        "Base64 is written in the standard alphabet with padding.",
    ),
    "wire.int64_in": Met(
        "1.3",
        "An int64 is read as a number or a decimal string.",
    ),
    "wire.int64_out": Met(
        "1.3, B.11",
        "An int64 is written as a decimal string.",
    ),
    "wire.durations": Met(
        "1.3",
        'A Duration is a string of seconds such as `"9.5s"`.',
    ),
    "wire.timestamps": Met(
        "1.3 [P]",
        "A Timestamp is read with any offset.",
    ),
    "wire.presence": Met(
        "1.3, B.5",
        "An empty object is present, and switches on what its presence switches on.",
    ),
    "wire.defaults": Met(
        "1.3 [R], clients 4.6",
        'False, zero and empty fields are never written, so that `"interrupted": false` never appears.',
    ),
    "wire.null": Met(
        "1.3",
        "A null is an absent field.",
    ),
    "wire.lists": Met(
        "clients 3",
        ('One object is read where a list is expected, as in `"tools": {"google_search": {}}` of the notebooks.'),
    ),
    "wire.free_form": Met(
        "1.3",
        "Keys inside schemas, arguments and results are kept as they are.",
    ),
    "wire.unknown_field": Met(
        "1.3 [I], 5",
        "An unknown field closes with 1007 and the vendor's text, its path in snake_case.",
    ),
    "wire.fields_by_version": Differs(
        "1.3, 2.1",
        "Which fields are known depends on the product and the version of the API.",
        instead="every path knows all fields of all versions and products",
    ),
    "wire.size_in": Differs(
        "1.3 [R]",
        "Client frames of 16 MiB are accepted.",
        instead=(
            "a frame may have 16 MiB, but what it holds has limits of its own: 120 s of audio, 2 MiB a picture,"
            " 4 MiB in all"
        ),
    ),
    "wire.size_out": Met(
        "1.3 [S], clients 4.7",
        "Sound is sent in messages far below the 1 MiB that Python clients take.",
    ),
    "wire.depth": Met(
        "antiphon",
        "A message nested deeper than 64 levels or holding more than 50,000 values closes with 1007.",
    ),
    "wire.known_keys": Met(
        "1.5 [S], B.16, clients 4.5",
        "No server message has only top-level keys that a client does not know, and none is an `error`.",
    ),
    "wire.newer_server": Met(
        "antiphon",
        "antiphon's own client ignores what a newer server adds.",
    ),
}
