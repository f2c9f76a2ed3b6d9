"""Which clients do what: the data of test_matrix.py and of docs/compatibility.md."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Supported:
    """The client does it, and a test shows that."""


@dataclass(frozen=True)
class Gap:
    """The client cannot do it, whatever the server does."""

    reason: str


Cell = Supported | Gap

CLIENTS: Final = {
    "google-genai": "google-genai 3.4.0 (Python)",
    "google-genai-1": "google-genai 1.47.0 (Python)",
    "google-genai-js": "@google/genai 2.32.0 (Node)",
    "pipecat": "pipecat-ai 1.14.0, GeminiLiveLLMService (google-genai 2.34.0)",
    "tutorial": "the tutorial's loop (raw WebSocket)",
    "notebook": "the notebooks' loop (raw WebSocket)",
}

SCENARIOS: Final = {
    "audio": "A spoken question is answered by voice",
    "transcription": "What the user said and what is answered come in writing too",
    "text": "A written question is answered in writing",
    "manual": "The client marks the beginning and the end of speech",
    "interruption": "Speech cuts an answer short, and is answered itself",
    "tools_blocking": "The model calls a function and goes on with its result",
    "tools_non_blocking": "... and need not wait for it",
    "video": "A frame of video is taken beside the conversation",
    "resumption": "The conversation goes on after the server was killed",
    "go_away": "The client is told that the connection ends, and may talk until then",
    "token": "An ephemeral token is made, and opens a session",
    "developer": "Developer mode: an API key",
    "vertex": "Vertex mode: a project and default credentials",
    "express": "Express mode: Vertex with an API key",
}

_NO_LOOK = "it looks at the answer's parts and at turnComplete, at nothing else"
_ONE_URL = "its URL names the cloud product, its credential is a bearer token"

_GAPS: Final = {
    "pipecat": {
        "go_away": "it does not look at goAway: it talks on until the connection ends, and then resumes",
        "express": "it has a service for API keys and one for cloud credentials, none for both",
    },
    "tutorial": {
        **dict.fromkeys(("text", "manual", "video"), "it sends sound and nothing else"),
        **dict.fromkeys(("tools_blocking", "tools_non_blocking"), "it declares no functions"),
        **dict.fromkeys(("transcription", "interruption", "resumption", "go_away"), _NO_LOOK),
        **dict.fromkeys(("developer", "express", "token"), _ONE_URL),
    },
    "notebook": {
        **dict.fromkeys(("manual", "video"), "it sends sound or text and nothing else"),
        "tools_non_blocking": "it shows a call and ends there",
        **dict.fromkeys(("interruption", "resumption", "go_away"), _NO_LOOK),
        **dict.fromkeys(("developer", "express", "token"), _ONE_URL),
    },
}

MATRIX: Final[dict[tuple[str, str], Cell]] = {
    (client, scenario): Gap(_GAPS[client][scenario]) if scenario in _GAPS.get(client, {}) else Supported()
    for client in CLIENTS
    for scenario in SCENARIOS
}
"""Every client with every scenario."""
