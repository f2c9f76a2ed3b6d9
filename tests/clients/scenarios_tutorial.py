"""The tutorial's loop, which has one scenario: scenarios_tutorial.py BASE_URL SCENARIO PCM_FILE.

Prints one JSON line of what the loop showed.
"""

import json
import re
import subprocess
import sys
import tempfile
import wave
from pathlib import Path

WAIT_S = 60


def main(base_url: str, scenario: str, file: str) -> None:
    with tempfile.NamedTemporaryFile(suffix=".wav") as recording:
        with wave.open(recording, "wb") as audio:
            audio.setparams((1, 2, 16_000, 0, "NONE", "not compressed"))
            audio.writeframes(Path(file).read_bytes())
        recording.flush()
        loop = [sys.executable, Path(__file__).with_name("tutorial.py"), base_url.replace("http", "ws", 1)]
        done = subprocess.run([*loop, recording.name], stdout=subprocess.PIPE, text=True, timeout=WAIT_S, check=True)
    base64_letters = sum(map(int, re.findall(r"audio chunk: (\d+) bytes", done.stdout)))
    ended = done.stdout.endswith("Turn complete.\n")
    print(json.dumps({"turns": [{"audio_bytes": base64_letters * 3 // 4}] if ended else []}))  # noqa: T201


main(*sys.argv[1:])
