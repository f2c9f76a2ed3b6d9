"""Who cuts whom short."""

from typing import Final

from tests.conformance.requirement import Differs, Met, Requirement

INTERRUPTION: Final[dict[str, Requirement]] = {
    "interruption.order": Met(
        "4.3, clients 4.9",
        "Speech that begins during a reply brings `interrupted`, then `turnComplete` with usage.",
    ),
    "interruption.at_once": Met(
        "4.3",
        "After `interrupted` no more sound of that turn comes.",
    ),
    "interruption.not_complete": Met(
        "4.3 [S]",
        "An interrupted generation has no `generationComplete`.",
    ),
    "interruption.while_playing": Met(
        "4.3",
        "Once all was generated the sequence is `generationComplete`, `interrupted`, `turnComplete`.",
    ),
    "interruption.answered": Met(
        "4.3",
        "The speech that cut in is answered as a turn of its own.",
        tests=("tests/clients/test_matrix.py::test_client",),
    ),
    "interruption.committed": Met(
        "4.3",
        "Only committed speech interrupts: silence and a blip never do.",
    ),
    "interruption.never_idle": Met(
        "4.3",
        "`interrupted` is never sent when nothing is being said.",
    ),
    "interruption.manual": Met(
        "4.3, 4.5",
        "`activityStart` interrupts.",
    ),
    "interruption.text": Met(
        "2.6, 4.3",
        "`realtimeInput.text` counts as activity, and interrupts.",
    ),
    "interruption.off": Met(
        "2.3, 4.3",
        "With NO_INTERRUPTION what is said is kept, and answered after the running turn.",
    ),
    "interruption.calls": Met(
        "4.3",
        "Calls of the interrupted turn are cancelled between `interrupted` and `turnComplete`.",
    ),
    "interruption.heard": Differs(
        "4.3 [M]",
        "The history keeps what was sent of an interrupted reply.",
        instead="it keeps the words the user can have heard by then",
    ),
    "interruption.unheard": Differs(
        "4.3 [G]",
        "`interrupted` is sent whenever a generation is stopped.",
        instead=(
            "a reply of which nothing was sent yet is taken back without a word, and its question is answered "
            "with what follows"
        ),
    ),
}
