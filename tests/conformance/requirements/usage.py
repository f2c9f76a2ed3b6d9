"""What a turn cost."""

from typing import Final

from tests.conformance.requirement import Gap, Met, Requirement

USAGE: Final[dict[str, Requirement]] = {
    "usage.with_turn": Met(
        "3.1 [R], clients 4.13",
        "`usageMetadata` comes in the message of `turnComplete`, with prompt, response and total.",
    ),
    "usage.keys": Met(
        "3.2 [R][S], B.8",
        "The Developer API's keys are `response…`, those of Vertex `candidates…`.",
    ),
    "usage.total": Met(
        "3.2",
        "The total is prompt and response; thoughts are counted apart.",
    ),
    "usage.whole_context": Met(
        "3.2, 4.8",
        "The prompt is the whole conversation of that turn.",
    ),
    "usage.modalities": Met(
        "3.2",
        "Details name tokens by modality; unlike the vendor's they add up.",
    ),
    "usage.speech": Met(
        "4.8",
        "Speech costs 25 tokens a second, in and out.",
    ),
    "usage.interrupted": Met(
        "3.2",
        "An interrupted turn is charged for what was sent of it.",
    ),
    "usage.cached": Gap(
        "3.2",
        "`cachedContentTokenCount` counts what was read from a cache.",
        why="engines do not tell",
        client="it never comes",
    ),
    "usage.tool_use": Gap(
        "3.2",
        "`toolUsePromptTokenCount` counts what tools of the vendor added.",
        why="there are no such tools",
        client="it never comes; functions and results are part of the prompt",
    ),
    "usage.tier": Gap(
        "3.2",
        "`serviceTier` or `trafficType` names what was paid for.",
        why="nothing is billed",
        client="neither comes",
    ),
}
