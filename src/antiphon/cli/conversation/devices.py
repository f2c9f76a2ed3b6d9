"""`antiphon talk --devices`: microphones and loudspeakers, as they are chosen."""

from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from antiphon.cli.faults import printable
from antiphon.client.talk.devices import Kind
from antiphon.client.talk.sound_card import list_devices, sound_library

_FLAGS = {Kind.MICROPHONE: "--microphone", Kind.SPEAKER: "--speaker"}


def print_devices() -> None:
    """Print a line for each device and purpose; `*` marks the one that is taken when none is named.

    Raises SettingsError when there is no PortAudio.
    """
    devices = list_devices(sound_library())
    console = Console(highlight=False)
    for kind, flag in _FLAGS.items():
        table = Table(Column(justify="right"), Column(overflow="fold"), box=None, show_header=False, pad_edge=False)
        default = devices.default(kind)
        for device in devices.of(kind):
            mark = "*" if device == default else " "
            about = f"{device.host}, {device.rate_hz / 1_000:g} kHz"
            table.add_row(f"{mark} {device.number}", Text(printable(device.name)), Text(about, style="dim"))
        console.print(Text(flag, style="bold"))
        console.print(table if table.row_count else "  none")
