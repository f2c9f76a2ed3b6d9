"""How the two products differ on the wire."""

from typing import Final

from tests.conformance.requirement import Differs, Met, Requirement

DIALECTS: Final[dict[str, Requirement]] = {
    "dialects.session_id": Met(
        "3 [R], B.9",
        "`setupComplete` holds a `sessionId` on Vertex and nothing on the Developer API.",
    ),
    "dialects.role": Met(
        "3.1 [R], B.10",
        "`modelTurn` has a role on Vertex and none on the Developer API.",
    ),
    "dialects.both_read": Met(
        "antiphon",
        "antiphon's own client reads the usage of either.",
    ),
    "dialects.audio_mime": Differs(
        "3.1 [R]",
        "Vertex's sound is of type `audio/pcm`, without a rate.",
        instead="the rate is named on both",
    ),
    "dialects.transcript_stream": Differs(
        "3.1 [R]",
        ("Vertex's transcripts begin with an empty piece, and those of 2.5 on the Developer API have no `finished`."),
        instead="both products get words and then `finished`",
    ),
}
