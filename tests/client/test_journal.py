from unittest.mock import ANY

import pytest

from antiphon.client.events import InputDropped
from antiphon.client.journal import Journal
from antiphon.wire.client import ActivityEnd, ActivityStart, ClientContent, ClientMessage, RealtimeInput
from antiphon.wire.content import Content, Part


def text(words: str) -> ClientMessage:
    return ClientMessage(client_content=ClientContent(turns=(Content(parts=(Part(text=words),)),)))


A, B, C, D = (text(letter) for letter in "abcd")
START = ClientMessage(realtime_input=RealtimeInput(activity_start=ActivityStart()))
END = ClientMessage(realtime_input=RealtimeInput(activity_end=ActivityEnd()))


def journal_of(*messages: ClientMessage, seconds: float = 1.0, seconds_max: float = 60.0) -> Journal:
    journal = Journal(seconds_max, 1 << 20)
    for message in messages:
        journal.write(message, seconds)
    return journal


def sent(journal: Journal) -> list[ClientMessage]:
    messages = []
    while (message := journal.next()) is not None:
        messages.append(message)
    return messages


def test_sends_each_message_once_in_order() -> None:
    journal = journal_of(A, B)
    assert sent(journal) == [A, B]
    journal.write(C)
    assert sent(journal) == [C]
    assert journal.sent == journal.written == 3


def test_another_connection_is_sent_what_is_not_settled() -> None:
    journal = journal_of(A, B, C)
    assert journal.next() == A
    assert journal.next() == B
    journal.settle(1)
    assert journal.rewind() == 1.0, "a second of what was sent before is sent again"
    assert sent(journal) == [B, C]


def test_nothing_is_settled_that_was_not_sent() -> None:
    journal = journal_of(A, B)
    assert journal.next() == A
    journal.settle(2)
    assert journal.rewind() == 0.0
    assert sent(journal) == [B]


def test_a_connection_lost_after_everything_was_settled_begins_with_nothing() -> None:
    journal = journal_of(A)
    assert sent(journal) == [A]
    journal.settle(1)
    assert journal.rewind() == 0.0
    assert sent(journal) == []


def test_the_server_counts_from_one_on_each_connection() -> None:
    journal = journal_of(A, B, C)
    assert sent(journal) == [A, B, C]
    assert [journal.number_of(index) for index in (0, 1, 2, 3, 9)] == [0, 1, 2, 3, 3]
    journal.settle(journal.number_of(1))
    journal.rewind()
    assert sent(journal) == [B, C]
    assert [journal.number_of(index) for index in (0, 1, 2)] == [0, 2, 3]


def test_the_index_goes_on_after_some_are_settled() -> None:
    journal = journal_of(A, B, C)
    assert sent(journal) == [A, B, C]
    journal.settle(journal.number_of(2))
    assert journal.number_of(1) == 0, "settled already"
    assert journal.number_of(3) == 3


def test_what_is_sent_beside_is_counted_by_the_server() -> None:
    journal = journal_of(A, B)
    journal.rewind()
    journal.sent_beside()
    assert sent(journal) == [A, B]
    assert journal.number_of(1) == 0, "ours: nothing of the caller's is settled with it"
    assert journal.number_of(2) == 1


def test_what_is_of_no_use_is_left_out_and_not_counted() -> None:
    journal = journal_of(A, B, C)
    assert sent(journal) == [A, B, C]
    journal.rewind({2})
    assert sent(journal) == [A, C]
    assert journal.number_of(2) == 3


def test_what_waits_too_long_is_dropped_and_told_once() -> None:
    journal = journal_of(A, B, C, D, seconds_max=2.0)
    (dropped,) = journal.take_dropped()
    assert (dropped.from_s, dropped.to_s, dropped.messages) == (0.0, 2.0, 2)
    assert journal.take_dropped() == []
    assert sent(journal) == [C, D]


def test_what_was_sent_long_ago_is_dropped_only_with_its_connection() -> None:
    journal = journal_of(A, B, seconds_max=2.0)
    assert sent(journal) == [A, B]
    journal.write(C, 1.0)
    assert journal.take_dropped() == []
    journal.rewind()
    assert journal.take_dropped() == [
        InputDropped(0.0, 1.0, 1, "it was sent too long before the connection was lost to be kept")
    ]
    assert sent(journal) == [B, C]


def test_what_was_sent_long_ago_and_settled_since_is_not_dropped() -> None:
    journal = journal_of(A, B, seconds_max=2.0)
    assert sent(journal) == [A, B]
    journal.write(C, 1.0)
    journal.settle(1)
    journal.rewind()
    assert journal.take_dropped() == []


def test_of_what_was_sent_long_ago_only_what_was_not_settled_since_is_dropped() -> None:
    journal = journal_of(seconds_max=1.0)
    for message in (A, B, C):
        journal.write(message, 1.0)
        assert journal.next() == message
    journal.settle(1)
    journal.rewind()
    assert [(each.from_s, each.to_s) for each in journal.take_dropped()] == [(1.0, 2.0)]


def test_stretches_that_do_not_follow_each_other_are_told_apart() -> None:
    journal = journal_of(A, B, C, seconds_max=1.0)
    assert sent(journal) == [C]
    journal.write(D, 1.0)
    journal.write(A, 1.0)
    assert [(each.from_s, each.to_s) for each in journal.take_dropped()] == [(0.0, 2.0), (3.0, 4.0)]


def test_bytes_are_limited_too() -> None:
    journal = Journal(60.0, 10_000)
    for _ in range(5):
        journal.write(text("a" * 4_000))
    (dropped,) = journal.take_dropped()
    assert dropped.messages == 3
    assert (dropped.from_s, dropped.to_s) == (0.0, 0.0)


def test_one_message_is_always_kept() -> None:
    journal = Journal(1.0, 10)
    journal.write(A, 5.0)
    assert sent(journal) == [A]


def test_the_backlog_is_what_waits_for_the_socket() -> None:
    journal = journal_of(A, B)
    assert journal.backlog_s == 2.0
    journal.next()
    assert journal.backlog_s == 1.0
    journal.next()
    assert journal.backlog_s == 0.0


def test_a_size_that_is_known_is_not_measured() -> None:
    journal = Journal(60.0, 100)
    journal.write(A, size=60)
    journal.write(B, size=60)
    assert sent(journal) == [B]


def test_a_moment_of_the_audio_lies_in_a_message_of_this_connection() -> None:
    journal = journal_of(A, B, C)
    assert sent(journal) == [A, B, C]
    assert [journal.number_at(offset_s) for offset_s in (0.5, 1.0, 1.5, 9.0)] == [1, 1, 2, 3]
    journal.settle(1)
    journal.rewind()
    assert sent(journal) == [B, C]
    assert [journal.number_at(offset_s) for offset_s in (0.5, 1.5)] == [2, 3]


def test_what_is_told_apart_is_bounded_and_nothing_of_it_untold(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("antiphon.client.journal._TOLD_APART_MAX", 3)
    journal = journal_of(seconds_max=1.0)
    for _ in range(10):
        journal.write(A, 1.0)
        assert journal.next() == A
    assert [journal.number_of(index) for index in (1, 8, 10)] == [0, 8, 10]
    journal.rewind()
    (dropped,) = journal.take_dropped()
    assert (dropped.from_s, dropped.to_s, dropped.messages) == (0.0, 9.0, 9)


# Activities


def activity(journal: Journal, *spoken: ClientMessage) -> None:
    journal.write(START)
    for message in spoken:
        journal.write(message, 1.0)


def test_the_beginning_of_an_activity_stays_before_what_is_left_of_it() -> None:
    journal = Journal(2.0, 1 << 20)
    activity(journal, A, B, C, D)
    assert journal.take_dropped() == [InputDropped(0.0, 2.0, 2, ANY)]
    assert sent(journal) == [START, C, D]
    journal.write(END)
    assert sent(journal) == [END]
    journal.rewind()
    assert sent(journal) == [START, C, D, END]


def test_it_stays_there_on_the_next_connection() -> None:
    journal = Journal(2.0, 1 << 20)
    activity(journal, A, B)
    assert sent(journal) == [START, A, B]
    journal.write(C, 1.0)
    assert sent(journal) == [C]
    journal.rewind()
    assert journal.take_dropped() == [InputDropped(0.0, 1.0, 1, ANY)]
    assert sent(journal) == [START, B, C]


def test_an_activity_of_which_nothing_is_left_is_left_out_whole() -> None:
    journal = Journal(2.0, 1 << 20)
    activity(journal, A)
    journal.write(END)
    for message in (B, C, D):
        journal.write(message, 1.0)
    assert journal.take_dropped() == [InputDropped(0.0, 2.0, 4, ANY)]
    assert sent(journal) == [C, D]


def test_says_where_activities_end() -> None:
    journal = Journal(60.0, 1 << 20)
    for _ in range(3):
        activity(journal, A)
        journal.write(END)
    sent(journal)
    assert journal.activity_ends(0, 9) == [3, 6, 9]
    assert journal.activity_ends(3, 8) == [6]
    journal.settle(4)
    assert journal.activity_ends(0, 9) == [6, 9]


# What is passed over


def test_what_may_have_been_lost_is_told_and_not_sent_again() -> None:
    journal = journal_of(A, B, C, D)
    assert len(sent(journal)) == 4
    journal.settle(1)
    journal.pass_over(2, 3, told=True)
    assert journal.take_dropped() == [InputDropped(1.0, 3.0, 2, ANY)]
    journal.rewind()
    assert sent(journal) == [D]


def test_what_was_heard_is_passed_over_in_silence() -> None:
    journal = journal_of(A, B)
    assert len(sent(journal)) == 2
    journal.pass_over(1, 2, told=False)
    assert journal.take_dropped() == []
    journal.rewind()
    assert sent(journal) == []


def test_nothing_is_passed_over_behind_what_is_sent_again() -> None:
    journal = journal_of(A, B)
    assert len(sent(journal)) == 2
    journal.pass_over(2, 2, told=True)
    journal.rewind()
    assert sent(journal) == [A, B]
    assert journal.take_dropped() == []


def test_what_is_too_old_to_be_kept_is_told_all_the_same() -> None:
    journal = Journal(2.0, 1 << 20)
    for message in (A, B, C):
        journal.write(message, 1.0)
        journal.next()
    journal.pass_over(1, 3, told=True)
    assert sum(dropped.to_s - dropped.from_s for dropped in journal.take_dropped()) == 3.0
