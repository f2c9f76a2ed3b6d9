from threading import Event

import pytest

from antiphon.cli.diagnosis.bounded import in_thread


async def test_gives_what_comes_of_it() -> None:
    assert await in_thread(lambda: 7, 5) == 7


async def test_raises_what_it_raises() -> None:
    def fail() -> None:
        raise TimeoutError("of its own")

    with pytest.raises(TimeoutError, match="of its own"):
        await in_thread(fail, 5)


async def test_waits_no_longer_than_told() -> None:
    released = Event()
    with pytest.raises(TimeoutError, match=r"no answer within 0\.05 s"):
        await in_thread(lambda: released.wait(10), 0.05)
    released.set()
