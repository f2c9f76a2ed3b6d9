"""How a client reaches the server."""

from typing import Final

from tests.conformance.requirement import Differs, Gap, Met, Requirement

TRANSPORT: Final[dict[str, Requirement]] = {
    "transport.versions": Met(
        "1.1 [S][P], B.1",
        "Every version segment is served under the paths of both products: v1, v1beta1, v1beta and v1alpha.",
    ),
    "transport.constrained": Met(
        "1.1 [S][D], B.1",
        "`BidiGenerateContentConstrained` is served in every version of the Developer API.",
    ),
    "transport.double_slash": Met(
        "1.1 [P], B.1, clients 2",
        "Repeated slashes in a path count as one, as Node and Python clients send them.",
    ),
    "transport.prefix": Met(
        "clients 2",
        "A path may have any prefix, so that the server can stand behind a gateway.",
    ),
    "transport.alias": Met(
        "1.5 [P], B.1",
        "`/live` is a short path for clients that use a URL as it is.",
    ),
    "transport.hosts": Differs(
        "1.1 [S]",
        "The host names the location: one for each region, one for `global`, one each for `us` and `eu`.",
        instead="any host that leads here is served, and the location in a model's name is not looked at",
    ),
    "transport.one_port": Met(
        "clients 2",
        "One port answers HTTP and the upgrade.",
    ),
    "transport.tls": Met(
        "1.5 [P], clients 4.1",
        ("TLS is available, which no Python SDK does without; a client that trusts the local authority connects."),
    ),
    "transport.plain": Met(
        "1.5 [S]",
        "Without TLS the server takes `ws://`, for the JavaScript SDK and raw clients.",
        tests=("tests/clients/test_foreign.py::test_node_without_tls",),
    ),
    "transport.headers": Met(
        "1.2 [P][S]",
        ("The SDKs' other headers are ignored: user-agent, x-goog-api-client, x-goog-user-project, Content-Type."),
    ),
    "transport.pings": Met(
        "1.3 [I], B.15, clients 4.8",
        "Pings are answered while a reply is made.",
    ),
    "transport.pings_behind_sound": Gap(
        "1.3 [I], clients 4.8",
        "Pings are answered even while more sound waits than the ears can take.",
        why="the socket is not read while a minute of sound waits for them, and a ping stands behind the sound",
        client="one that sends minutes of sound at once to a slow machine may give up by its own ping timeout",
    ),
    "transport.deflate": Met(
        "1.3",
        "`permessage-deflate` is declined when a client offers it.",
    ),
    "transport.unmodified": Met(
        "B.17",
        "The SDKs and loops of the client matrix run unmodified.",
        tests=(
            "tests/clients/test_matrix.py::test_client",
            "tests/clients/test_matrix.py::test_every_cell_is_tried_or_explained",
        ),
    ),
    "transport.run": Met(
        "antiphon",
        "`antiphon run -- COMMAND` runs a program against antiphon without an edit.",
        tests=(
            "tests/clients/test_run.py::test_python",
            "tests/clients/test_run.py::test_node",
        ),
    ),
    "transport.music": Gap(
        "1.1 [S]",
        "`BidiGenerateMusic` makes music.",
        why="another message set, and no engine for it",
        client="HTTP 404 for the upgrade",
    ),
}
