"""Streams and the slots of llama.cpp."""

from antiphon.engines.slots import ANY_SLOT, Slots


def slots_with(*streams: str) -> Slots[str]:
    slots: Slots[str] = Slots(2)
    for stream in streams:
        slots.enter(stream)
    return slots


def test_a_stream_keeps_its_slot_and_leaves_it_to_the_next() -> None:
    slots = slots_with("a", "b")
    assert [slots.slot_of(stream) for stream in ("b", "a", "b")] == [1, 0, 1]
    slots.leave("b")
    slots.enter("c")
    assert slots.slot_of("c") == 1


def test_nobody_owns_a_slot_while_there_are_more_streams() -> None:
    slots = slots_with("a", "b", "c")
    assert [slots.slot_of(stream) for stream in slots.streams()] == [ANY_SLOT] * 3
    slots.leave("b")
    assert [slots.slot_of(stream) for stream in slots.streams()] == [0, 1]
