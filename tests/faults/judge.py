"""What became of the words of a run: complete, told, lost, doubled or waited for in vain."""

import re
from dataclasses import dataclass
from enum import StrEnum

from tests.faults.caller import BREATH_S, PAUSE_S, Answer
from tests.faults.plan import LAST_WORDS, Microphone, Patience, Plan, Saying, Tone, Typed
from tests.faults.play import Outcome

LETTER_S = 0.06
"""Of the scripted voice."""
TAIL_S = 0.2
"""Silence behind an utterance that is part of it in the server's history, where the pause is heard in time."""
WINDOW_S = 0.12
"""The server hears speech begin and end in windows, and a little late."""
_NAMED = re.compile(r"tone \d+ hertz|speech of [\d.]+ seconds")


class Result(StrEnum):
    """Of a run."""

    COMPLETE = "complete"
    TOLD = "told"
    LOST = "LOST"
    DOUBLED = "DOUBLED"
    HUNG = "HUNG"
    BROKEN = "BROKEN"


@dataclass(frozen=True, slots=True)
class Verdict:
    """The result and why."""

    result: Result
    why: str = ""


def judge(outcome: Outcome) -> Verdict:
    """Compare what was said with what the server heard, and what was answered with what the caller got."""
    if outcome.hung:
        return Verdict(Result.HUNG, f"not over after {outcome.plan.run_s_max:g} s")
    if outcome.error:
        return Verdict(Result.BROKEN, outcome.error)
    if outcome.left:
        return Verdict(Result.BROKEN, f"left behind: {outcome.left}")
    return _heard_by_server(outcome) or _got_by_caller(outcome) or _whole(outcome)


def _whole(outcome: Outcome) -> Verdict:
    if outcome.kept.dropped:
        return Verdict(Result.TOLD, f"InputDropped: {outcome.kept.dropped}")
    return Verdict(Result.COMPLETE)


@dataclass(frozen=True, slots=True)
class _Piece:
    """Something the server's history says the user said."""

    words: str
    spoken_s: float


def _pieces(outcome: Outcome) -> list[_Piece]:
    pieces = []
    for entry in outcome.history:
        text = " ".join(part.text for part in entry.content.parts if part.text)
        if entry.content.role == "model" or not text:
            continue
        named = _NAMED.findall(text) or [text]
        pieces += [_Piece(words, entry.spoken_s) for words in named]
    return pieces


def _sayings(plan: Plan) -> tuple[Saying, ...]:
    return (*plan.sayings, Typed(LAST_WORDS))


def _heard_by_server(outcome: Outcome) -> Verdict | None:
    """Each saying once and in order; one that reached the server in parts counts as one."""
    pieces = _pieces(outcome)
    story = f"the server heard {[(piece.words, piece.spoken_s) for piece in pieces]}"
    for number, saying in enumerate(_sayings(outcome.plan)):
        if not pieces or pieces[0].words != saying.words:
            if _told(outcome, number):
                continue
            again = bool(pieces) and pieces[0].words in [done.words for done in outcome.plan.sayings[:number]]
            return Verdict(Result.DOUBLED if again else Result.LOST, f"before {saying.words!r}: {story}")
        mine = [pieces.pop(0)]
        while pieces and pieces[0].words == saying.words:
            mine.append(pieces.pop(0))
        if verdict := _measured(outcome, number, saying, mine):
            return Verdict(verdict, f"{saying.words!r}: {story}")
    return Verdict(Result.DOUBLED, f"more than was said: {story}") if pieces else None


def _measured(outcome: Outcome, number: int, saying: Saying, mine: list[_Piece]) -> Result | None:
    """Whether an utterance was heard in its whole length, and no more of it than there was."""
    if not isinstance(saying, Tone) or any(not piece.spoken_s for piece in mine):
        return Result.DOUBLED if len(mine) > 1 else None
    least_s, most_s = _tails(outcome.plan)
    spoken_s = sum(piece.spoken_s for piece in mine) - saying.seconds
    if spoken_s > most_s + WINDOW_S:
        return Result.DOUBLED
    if spoken_s < (least_s if len(mine) == 1 else 0.0) - WINDOW_S and not _told(outcome, number):
        return Result.LOST
    return None


def _tails(plan: Plan) -> tuple[float, float]:
    """Of an utterance, in however many parts, the least and the most silence that may have been taken for it."""
    if plan.manual:
        return 0.0, 0.0
    most_s = PAUSE_S if plan.microphone is Microphone.CLOSED else TAIL_S
    return TAIL_S if plan.steady else 0.0, most_s


def _told(outcome: Outcome, number: int) -> bool:
    """The caller was told that some of this would not be heard."""
    from_s, to_s = outcome.kept.spoken[number]
    return any(drop.from_s <= to_s and drop.to_s >= from_s - BREATH_S for drop in outcome.kept.dropped)


def _is_whole(answer: Answer, plan: Plan) -> bool:
    """All its sound came, and the words of the question before it."""
    expected_s = 0.0 if plan.written else LETTER_S * len(answer.words)
    asked = _NAMED.search(answer.words)
    return abs(answer.sound_s - expected_s) < 0.001 and (asked is None or asked[0] in answer.heard)


def _got_by_caller(outcome: Outcome) -> Verdict | None:
    """Each answer complete, whole in sound, in order, and once for each time the server heard the question."""
    heard = [piece.words for piece in _pieces(outcome)]
    answers = outcome.kept.answers
    story = f"the caller got {[(answer.words, round(answer.sound_s, 2), answer.heard) for answer in answers]}"
    if any(not _is_whole(answer, outcome.plan) for answer in answers):
        return Verdict(Result.LOST, f"not all sound, or not the question before it: {story}")
    rest = [answer.words for answer in answers]
    for number, saying in enumerate(_sayings(outcome.plan)):
        if not rest or rest[0] != saying.answer:
            if outcome.plan.patience is Patience.NONE and number < len(outcome.plan.sayings) - 1:
                continue  # it was cut short, or answered together with the next
            if _told(outcome, number):
                continue
            return Verdict(Result.LOST, f"no answer to {saying.words!r}: {story}")
        count = 0
        while rest and rest[0] == saying.answer:
            rest.pop(0)
            count += 1
        if count > max(1, heard.count(saying.words)):
            return Verdict(Result.DOUBLED, f"{saying.answer!r} came {count} times: {story}")
    return Verdict(Result.DOUBLED, f"more than was asked: {story}") if rest else None
