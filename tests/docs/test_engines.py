"""The example of docs/engines.md is an engine, and its test passes."""

import asyncio
import re
from pathlib import Path
from typing import Any

GUIDE = Path(__file__).parents[2] / "docs" / "engines.md"


def test_the_parrot() -> None:
    engine, test = re.findall(r"^```python\n(.*?)^```", GUIDE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    parrot: dict[str, Any] = {"__name__": "parrot"}
    exec(compile(engine + test, str(GUIDE), "exec"), parrot)
    asyncio.run(parrot["test_the_parrot_keeps_its_promises"]())
