"""The end of a connection, announced."""

from typing import Final

from tests.conformance.requirement import Differs, Met, Requirement

GO_AWAY: Final[dict[str, Requirement]] = {
    "go_away.message": Met(
        "3, 4.7",
        "`goAway` tells the time left; the client may talk until then.",
        tests=("tests/clients/test_matrix.py::test_client_of_a_server_that_leaves",),
    ),
    "go_away.ignored": Met(
        "4.7, 5",
        "A client that stays is closed with 1008 and the vendor's text.",
    ),
    "go_away.lifetime": Differs(
        "4.7 [D]",
        "A connection lasts about ten minutes.",
        instead="it lasts until somebody leaves; a lifetime can be set",
    ),
    "go_away.only_when_leaving": Met(
        "clients 4.16",
        "`goAway` is sent only when the connection will really end, because adk and livekit leave at once.",
    ),
    "go_away.drain": Met(
        "antiphon",
        "A server that is told to stop sends `goAway`, lets nobody in any more, and waits for its clients.",
    ),
    "go_away.on_demand": Met(
        "antiphon",
        "`POST /go_away` has every client of the key it comes with told to reconnect, so that one can test it.",
    ),
}
