"""A recording in one ZIP file, as the console downloads it: nothing in it is trusted.

python -m antiphon.recording.archive: reads one from stdin and writes its picture to stdout; with status 2 what is
wrong with it is on stderr.
"""

import io
import os
import sys
import zipfile
import zlib
from pathlib import Path
from tempfile import TemporaryDirectory

from antiphon.errors import SettingsError
from antiphon.recording.lines import SUFFIX, file_beside
from antiphon.recording.picture import picture
from antiphon.recording.reader import read_recording
from antiphon.recording.telling import timeline_of

FILES_MAX = 10_000
BYTES_MAX = 128 << 20
"""Of all files, unpacked."""
LINES_MAX = 200_000
"""Half an hour of talk. Each takes a kilobyte while it is read, however short it is."""
PICTURE_BYTES_MAX = 64 << 20

BAD_RECORDING = 2
"""The exit status."""

_PIECE = 1 << 20
_NAME_MAX = 200
"""Characters."""
_COMPRESSIONS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_NO_ZIP = "this is no ZIP file of a recording: choose what the console downloaded, or talk.jsonl with its WAV files"


def picture_of_archive(archive: bytes, bytes_max: int = BYTES_MAX) -> bytes:
    """Give the picture, as JSON, of the recording in a ZIP file; raises SettingsError when there is none to draw."""
    with TemporaryDirectory(prefix="antiphon-") as folder:
        try:
            path = unpacked(archive, Path(folder), bytes_max)
            recorded = read_recording(path, bytes_max=bytes_max, lines_max=LINES_MAX)
        except SettingsError as error:
            raise SettingsError(str(error).replace(f"{folder}{os.sep}", "")) from None
    drawn = picture(timeline_of(recorded), path.name)
    if len(drawn) > PICTURE_BYTES_MAX:
        raise SettingsError(f"there is more in it than a page can show ({PICTURE_BYTES_MAX >> 20} MiB)")
    return drawn


def unpacked(archive: bytes, folder: Path, bytes_max: int) -> Path:
    """Put the files of one recording into a folder; give the path of its lines."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as files:
            return _unpacked(files, folder, bytes_max)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, ValueError):
        raise SettingsError(_NO_ZIP) from None


def _unpacked(files: zipfile.ZipFile, folder: Path, bytes_max: int) -> Path:
    if not all(_is_plain(file) for file in files.infolist()):
        raise SettingsError(_NO_ZIP)
    names = files.namelist()
    lines = [name for name in names if name.endswith(SUFFIX) and Path(name).name == name]
    if len(lines) != 1:
        raise SettingsError(f"one recording at a time: there are {len(lines)} {SUFFIX} files among these")
    if len(names) > FILES_MAX:
        raise SettingsError(f"{len(names)} files are too many: a recording has at most {FILES_MAX}")
    path = folder / lines[0]
    left = bytes_max
    for name in names:
        place = path if name == path.name else file_beside(path, name.removeprefix(f"{path.stem}."))
        with files.open(name) as source, place.open("wb") as file:
            while piece := source.read(_PIECE):
                left -= len(piece)
                if left < 0:
                    raise SettingsError(f"it holds more than {bytes_max >> 20} MiB when unpacked")
                file.write(piece)
    return path


def _is_plain(file: zipfile.ZipInfo) -> bool:
    """Neither encrypted, nor packed in a way the console does not know, nor named as no file can be."""
    encrypted = file.flag_bits & 1
    return not encrypted and file.compress_type in _COMPRESSIONS and len(file.filename) <= _NAME_MAX


def main() -> None:
    """Read, draw, write."""
    try:
        sys.stdout.buffer.write(picture_of_archive(sys.stdin.buffer.read()))
    except SettingsError as error:
        sys.stderr.write(str(error))
        sys.exit(BAD_RECORDING)


if __name__ == "__main__":
    main()
