import asyncio
import sys

import pytest

from antiphon.cli.loop import run


@pytest.mark.skipif(sys.platform == "win32", reason="uvloop is not made for Windows")
def test_a_coroutine_runs_to_its_end_in_uvloop():
    async def main() -> str:
        return type(asyncio.get_running_loop()).__module__

    assert run(main()) == "uvloop"


def test_what_it_raises_comes_out():
    async def main() -> None:
        raise KeyError

    with pytest.raises(KeyError):
        run(main())
