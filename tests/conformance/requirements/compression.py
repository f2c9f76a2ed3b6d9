"""Conversations longer than the context."""

from typing import Final

from tests.conformance.requirement import Differs, Met, Requirement

COMPRESSION: Final[dict[str, Requirement]] = {
    "compression.trigger": Met(
        "4.7",
        "Beyond `triggerTokens` the oldest content goes until `targetTokens` are left.",
    ),
    "compression.defaults": Met(
        "2.1 [S]",
        ("The trigger is 80 % of the model's context by default and never beyond it, the target half the trigger."),
    ),
    "compression.cut": Met(
        "4.7",
        "The cut is at the start of a user's turn.",
    ),
    "compression.stays": Met(
        "4.7",
        "The system instruction and the initial history always stay.",
    ),
    "compression.exact": Met(
        "antiphon",
        ("Functions and results count too, by the tokenizer of the embedded model or an estimate for a remote one."),
        tests=(
            "tests/engines/test_openai_chat.py::test_tokens_are_estimated",
            "tests/engines/test_llama.py::test_the_model_counts_tokens",
        ),
    ),
    "compression.off": Met(
        "4.7, 5",
        "Without compression a full context closes with 1007, and the reason says how full.",
    ),
    "compression.too_long": Met(
        "antiphon",
        "A question too long for the model by itself closes with 1007.",
    ),
    "compression.checked": Met(
        "antiphon",
        "Marks that cannot be, such as a target above the trigger, close with 1007.",
    ),
    "compression.context": Differs(
        "4.7",
        "The context holds 128k tokens, or 32k with older models.",
        instead="it holds what the language model's engine is set to, 4,096 for the embedded one",
        tests=("tests/engines/test_llama.py::test_a_conversation_longer_than_the_model_holds",),
    ),
    "compression.session_length": Differs(
        "4.7",
        "Without compression a session lasts 15 minutes with sound, two with video.",
        instead="only the context and 4 MiB of conversation limit it",
    ),
}
