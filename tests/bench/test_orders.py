import msgspec

from antiphon.bench.orders import Crowd, Failed, Listens, Serve, say


def test_answers_are_told_apart(capfdbinary) -> None:
    say(Listens("ws://127.0.0.1:1"))
    say(Failed("no"))
    lines = capfdbinary.readouterr().out.splitlines()
    assert [msgspec.json.decode(line, type=Listens | Failed) for line in lines] == [
        Listens("ws://127.0.0.1:1"),
        Failed("no"),
    ]


def test_orders_come_as_they_were_given() -> None:
    for order in (Serve(settings={"speculation": {"enabled": False}}), Crowd(kind="idle", url="ws://x", count=3)):
        assert msgspec.json.decode(msgspec.json.encode(order), type=type(order)) == order
