"""The client: connect to any Live API server, send, and take what happens as typed events.

`connect` opens a session with antiphon, the Gemini Developer API or Vertex AI that outlives its connections; `ask` and
`write` put one question to it; `open_audio` and `in_real_time` stream a recording as a microphone would.
`antiphon.client.blocking` is the same without asyncio. Knows wire, audio, recording, errors and config only; asyncio is
allowed, engines and the server are not.
"""

from antiphon.client.answer import Answer, ask, write
from antiphon.client.audio_file import open_audio
from antiphon.client.live import LiveSession, connect
from antiphon.client.pace import in_real_time

__all__ = ["Answer", "LiveSession", "ask", "connect", "in_real_time", "open_audio", "write"]
