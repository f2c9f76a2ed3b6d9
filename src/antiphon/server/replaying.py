"""`POST /replay`: a recording as a ZIP file, given back as what the console draws (console.md, Keep)."""

import asyncio
import logging
import sys
from asyncio.subprocess import PIPE, create_subprocess_exec

from starlette.requests import Request
from starlette.responses import Response

from antiphon.recording.archive import BAD_RECORDING
from antiphon.server.admission import Admissions
from antiphon.server.body import body_of
from antiphon.server.origins import check_own_page
from antiphon.server.refusals import Kind, Refused

log = logging.getLogger(__name__)

ARCHIVE_BYTES_MAX = 64 << 20
"""About a quarter of an hour of talk; `antiphon replay` reads longer ones."""

UPLOAD_WAIT_S = 60.0
READING_WAIT_S = 120.0
_READER = (sys.executable, "-m", "antiphon.recording.archive")
_LOGGED_CHARACTERS = 1_000


class Replaying:
    """Reads one recording at a time, in a process of its own: no session hears of it, whatever is in it."""

    def __init__(self) -> None:
        self._busy = False

    async def pictured(self, request: Request, admissions: Admissions) -> Response:
        """Give what is to be drawn, as JSON.

        Raises Refused: for who may not talk to this server, while another recording is read, and for what is none.
        """
        check_own_page(request)
        await admissions.owner_asking(request)
        if self._busy:
            raise Refused(Kind.RESOURCE_EXHAUSTED, "Another recording is being read: try again in a moment.")
        self._busy = True
        try:
            archive = await body_of(request, bytes_max=ARCHIVE_BYTES_MAX, wait_s=UPLOAD_WAIT_S)
            picture = await _picture(archive)
        finally:
            self._busy = False
        return Response(picture, media_type="application/json", headers={"cache-control": "no-store"})


async def _picture(archive: bytes) -> bytes:
    reader = await create_subprocess_exec(*_READER, stdin=PIPE, stdout=PIPE, stderr=PIPE)
    try:
        async with asyncio.timeout(READING_WAIT_S):
            picture, complaint = await reader.communicate(archive)
    except TimeoutError:
        why = f"It was not read within {READING_WAIT_S:g} s: use antiphon replay."
        raise Refused(Kind.INVALID_ARGUMENT, why) from None
    finally:
        if reader.returncode is None:
            reader.kill()
            await reader.wait()
    why = complaint.decode(errors="replace")
    if reader.returncode == BAD_RECORDING:
        raise Refused(Kind.INVALID_ARGUMENT, why)
    if reader.returncode:
        log.error("a recording was not read: %s", why[-_LOGGED_CHARACTERS:])
        raise Refused(Kind.UNAVAILABLE, "It could not be read here; the server's log says why.")
    return picture
