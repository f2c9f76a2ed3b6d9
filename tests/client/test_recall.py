from antiphon.client.recall import Exchange, Recall
from antiphon.wire.content import Content, Part


def test_an_exchange_is_two_turns_of_a_conversation() -> None:
    assert Exchange("Hello?", "Hi.", 3).contents() == (
        Content(role="user", parts=(Part(text="Hello?"),)),
        Content(role="model", parts=(Part(text="Hi."),)),
    )
    assert len(Exchange("", "Hi.", 3).contents()) == 1


def test_the_server_knows_what_it_has_kept() -> None:
    recall = Recall(1_000)
    first, second = Exchange("a", "b", 3), Exchange("c", "d", 7)
    recall.add(first)
    recall.know(None, but_last=False)
    recall.add(second)
    assert recall.unknown() == (second,)
    assert recall.all() == (first, second)
    recall.know(None, but_last=False)
    assert recall.unknown() == ()
    recall.know_nothing()
    assert recall.unknown() == (first, second)


def test_what_will_come_about_again_is_forgotten() -> None:
    recall = Recall(1_000)
    recall.add(Exchange("a", "b", 3))
    recall.know(None, but_last=False)
    recall.add(Exchange("c", "d", 7))
    recall.forget_unknown()
    assert recall.all() == (Exchange("a", "b", 3),)


def test_the_oldest_goes_when_there_is_too_much() -> None:
    recall = Recall(10)
    exchanges = [Exchange("aaa", "bbb", number) for number in range(3)]
    for exchange in exchanges:
        recall.add(exchange)
        recall.know(None, but_last=False)
    assert recall.all() == (exchanges[2],)
    assert recall.unknown() == ()
    assert recall.reached == 2


def test_what_is_kept_is_counted_in_bytes() -> None:
    recall = Recall(10)
    recall.add(Exchange("\u4f60\u597d", "", 1))
    recall.add(Exchange("\u4f60\u597d", "", 2))
    assert [exchange.reached for exchange in recall.all()] == [2]


def test_the_last_one_stays_however_long_it_is() -> None:
    recall = Recall(1)
    recall.add(Exchange("a" * 100, "", 1))
    assert len(recall.all()) == 1
