"""`--record`: a session kept in a file while it lasts."""

from contextlib import AsyncExitStack, closing
from pathlib import Path

from antiphon.client.endpoint import Endpoint
from antiphon.recording.lines import Side
from antiphon.recording.recorder import About, Recorder


def recorder_for(stack: AsyncExitStack, path: Path | None, endpoint: Endpoint, model: str | None) -> Recorder | None:
    """Give the session's tap, open as long as the stack; none where nothing is to be recorded.

    Raises SettingsError for a file that cannot be written.
    """
    if path is None:
        return None
    about = About(endpoint=endpoint.url, seen_from=Side.CLIENT, model=endpoint.model_name(model))
    return stack.enter_context(closing(Recorder(path, about)))
