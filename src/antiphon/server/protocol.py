"""uvicorn's WebSocket protocol, with an end for peers that do not read.

uvicorn closes a transport when its buffer is empty, and the buffer of a peer that reads nothing
never is: the socket would stay for as long as that peer likes.
"""

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol


def bounded_protocol(close_wait_s: float) -> type[WebSocketsSansIOProtocol]:
    """The protocol for `uvicorn.Config.ws`; the peer has that long to take the last bytes."""

    class Bounded(WebSocketsSansIOProtocol):
        async def run_asgi(self) -> None:
            await super().run_asgi()
            self.loop.call_later(close_wait_s, self.transport.abort)

    return Bounded
