import pytest
from starlette.requests import HTTPConnection

from antiphon.config import Operating
from antiphon.server import operator_guard
from antiphon.server.operator_guard import COOKIE, WRONG_KEYS_SPAN_S, OperatorGuard, cookie_of
from antiphon.server.operator_key import OperatorKey
from antiphon.server.refusals import Kind, Refused
from antiphon.store.secret import digest
from tests.clock import Clock

KEY = "the operator's own key"


def connection(address: str = "10.0.0.1", **headers: str) -> HTTPConnection:
    raw = [(name.encode(), value.encode("latin-1")) for name, value in headers.items()]
    return HTTPConnection({"type": "http", "headers": raw, "client": (address, 1)})


def refusal(guard: OperatorGuard, asking: HTTPConnection) -> Kind | None:
    try:
        guard.check(asking)
    except Refused as refused:
        return refused.kind
    return None


def entry(guard: OperatorGuard, secret: str = KEY, address: str = "10.0.0.1") -> HTTPConnection:
    return connection(address, cookie=f"{COOKIE}={guard.enter(address, secret)}")


@pytest.fixture
def limits() -> Operating:
    return Operating(entries_max=2, wrong_keys_max=3, entry_s=100.0)


@pytest.fixture
def guard(limits: Operating, clock: Clock) -> OperatorGuard:
    return OperatorGuard(OperatorKey(digest(KEY)), limits, clock)


def test_who_gave_the_key_is_let_in_until_the_entry_ends(guard, clock):
    entered = entry(guard)
    clock.now += 99.0
    assert refusal(guard, entered) is None
    clock.now += 1.0
    assert refusal(guard, entered) is Kind.UNAUTHENTICATED


def test_who_leaves_is_out(guard):
    entered, another = entry(guard), entry(guard)
    guard.leave(entered)
    assert refusal(guard, entered) is Kind.UNAUTHENTICATED
    assert refusal(guard, another) is None


def test_the_oldest_entry_goes_for_one_more(guard):
    first, second, third = (entry(guard) for _ in range(3))
    assert [refusal(guard, each) for each in (first, second, third)] == [Kind.UNAUTHENTICATED, None, None]


@pytest.mark.parametrize("scheme", ["Bearer", "bearer"])
def test_programs_bring_the_key_itself(guard, scheme):
    assert refusal(guard, connection(authorization=f"{scheme} {KEY}")) is None


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": f"Token {KEY}"},
        {"authorization": "Bearer"},
        {"authorization": "Bearer wrong"},
        {"x-goog-api-key": KEY},
        {"cookie": f"{COOKIE}="},
        {"cookie": f"{COOKIE}={KEY}"},
    ],
)
def test_others_are_not_let_in(guard, headers):
    assert refusal(guard, connection(**headers)) is Kind.UNAUTHENTICATED


def test_a_key_is_no_cookie_and_a_cookie_no_key(guard):
    value = guard.enter("10.0.0.1", KEY)
    assert refusal(guard, connection(authorization=f"Bearer {value}")) is Kind.UNAUTHENTICATED


def test_only_so_many_wrong_keys_are_looked_at(guard, clock):
    inside = entry(guard)
    for _ in range(3):
        with pytest.raises(Refused) as refused:
            guard.enter("10.0.0.1", "wrong")
        assert refused.value.kind is Kind.UNAUTHENTICATED
    with pytest.raises(Refused) as refused:
        guard.enter("10.0.0.1", KEY)
    assert refused.value.kind is Kind.RESOURCE_EXHAUSTED, "not even the right one"
    assert refusal(guard, connection(authorization=f"Bearer {KEY}")) is Kind.RESOURCE_EXHAUSTED
    assert refusal(guard, inside) is None, "who is in stays in"
    assert refusal(guard, entry(guard, address="10.0.0.2")) is None, "nor does it shut others out"
    clock.now += WRONG_KEYS_SPAN_S
    assert refusal(guard, entry(guard)) is None


def test_right_keys_are_never_too_many(guard):
    assert [refusal(guard, connection(authorization=f"Bearer {KEY}")) for _ in range(20)] == [None] * 20


def test_addresses_are_forgotten_before_they_are_too_many(guard, monkeypatch):
    monkeypatch.setattr(operator_guard, "ADDRESSES_MAX", 2)
    for address in ("a", "b", "c"):
        for _ in range(3):
            assert refusal(guard, connection(address, authorization="Bearer wrong")) is Kind.UNAUTHENTICATED
    wrong = {address: refusal(guard, connection(address, authorization="Bearer no")) for address in "cba"}
    assert wrong == {"c": Kind.RESOURCE_EXHAUSTED, "b": Kind.RESOURCE_EXHAUSTED, "a": Kind.UNAUTHENTICATED}


@pytest.mark.parametrize(
    ("host", "name"),
    [
        ("127.0.0.1:8765", f"{COOKIE}_8765"),
        ("[::1]:8765", f"{COOKIE}_8765"),
        ("antiphon.example", COOKIE),
        ("[::1]", COOKIE),
        ("antiphon.example:8765; path=/", COOKIE),
        ("antiphon.example:٣", COOKIE),
        ("antiphon.example:" + "1" * 4_000, COOKIE),
        ("", COOKIE),
    ],
)
def test_its_cookie_is_named_by_the_port_that_was_called(host, name):
    asking = HTTPConnection({"type": "http", "headers": [(b"host", host.encode("utf-8"))], "client": ("a", 1)})
    assert cookie_of(asking) == name


def test_a_cookie_of_another_port_is_none(guard):
    value = guard.enter("10.0.0.1", KEY)
    here = {"host": "127.0.0.1:1", "cookie": f"{COOKIE}_1={value}"}
    assert refusal(guard, connection(**here)) is None
    assert refusal(guard, connection(**here | {"host": "127.0.0.1:2"})) is Kind.UNAUTHENTICATED
    guard.leave(connection(**here | {"host": "127.0.0.1:2"}))
    assert refusal(guard, connection(**here)) is None
