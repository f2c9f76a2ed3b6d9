/** What happened and when, on one axis: seconds since the page's session, or the recording, began. */

import { Ring } from "./ring";
import { lettersUntil } from "./spread";
import { KEPT_S, Wave } from "./wave";

/** A moment. */
export type MarkKind =
  | "judged"
  | "decided"
  | "wasted"
  | "token"
  | "clause"
  | "sound"
  | "interrupted"
  | "shown"
  | "complete"
  | "connection"
  | "trouble";

/** A stretch. */
export type SpanKind = "speech" | "draft" | "wait" | "call" | "connected";

/** Something put into words: by the user, whom the server heard or who wrote, or by the model. */
export type WordsKind = "heard" | "wrote" | "said" | "thought";

export interface Mark {
  kind: MarkKind;
  at: number;
  text: string;
  /** The message behind it, as people read it. */
  raw: string;
}

export interface Span {
  kind: SpanKind;
  from: number;
  /** Null while it lasts. */
  to: number | null;
  text: string;
  raw: string;
}

export interface Words {
  kind: WordsKind;
  from: number;
  /** The same as `from` for what is written. */
  to: number;
  text: string;
  /** What was cut off before it was heard. */
  unheard: string;
  /** It came in pieces: when each was begun, and how many letters it has. */
  pieces: { at: number; length: number }[];
}

export interface Probability {
  at: number;
  value: number;
}

export const MARKS_MAX = 6_000;
export const SPANS_MAX = 6_000;
export const WORDS_MAX = 6_000;
/** Of one utterance or reply. */
const WORDS_CHARACTERS_MAX = 20_000;
/** Words that come later than this after others are apart from them. */
const PAUSE_S = 0.5;
/** Half an hour of windows of 32 ms. */
export const PROBABILITIES_MAX = 56_250;

export class Timeline {
  readonly user: Wave;
  readonly model: Wave;
  readonly marks = new Ring<Mark>(MARKS_MAX);
  readonly spans = new Ring<Span>(SPANS_MAX);
  readonly words = new Ring<Words>(WORDS_MAX);
  readonly activity = new Ring<Probability>(PROBABILITIES_MAX);
  /** Which of all these kinds there have been. */
  readonly kinds = new Set<MarkKind | SpanKind | WordsKind>();
  private growing: Partial<Record<WordsKind, Words>> = {};

  constructor(
    /** When it began, in seconds of `performance.now`. */
    readonly began: number,
    /** Older sound is forgotten. */
    keptS: number = KEPT_S,
  ) {
    this.user = new Wave(keptS);
    this.model = new Wave(keptS);
  }

  /** Open a stretch; an open one of that kind ends where the new one begins. */
  begin(kind: SpanKind, from: number, text = "", raw = ""): Span {
    this.end(kind, from);
    return this.add({ kind, from, to: null, text, raw });
  }

  /** End the open stretch of a kind; null when there is none. */
  end(kind: SpanKind, to: number): Span | null {
    const open = this.open(kind);
    if (open) open.to = Math.max(open.from, to);
    return open;
  }

  open(kind: SpanKind): Span | null {
    const latest = this.latest(kind);
    return latest?.to === null ? latest : null;
  }

  /** The stretch of a kind that began last. */
  latest(kind: SpanKind): Span | null {
    for (const span of this.spans.latest()) if (span.kind === kind) return span;
    return null;
  }

  add(span: Span): Span {
    this.spans.push(span);
    this.kinds.add(span.kind);
    return span;
  }

  mark(kind: MarkKind, at: number, text: string, raw = ""): void {
    this.marks.push({ kind, at, text, raw });
    this.kinds.add(kind);
  }

  put(kind: WordsKind, from: number, to: number, text: string, unheard = ""): Words {
    const words: Words = { kind, from, to, text, unheard, pieces: [{ at: from, length: text.length }] };
    this.words.push(words);
    this.kinds.add(kind);
    return words;
  }

  /** Put words that come in pieces: one goes on with the piece before it, if that has only just ended. */
  grow(kind: WordsKind, from: number, to: number, text: string): void {
    const growing = this.growing[kind];
    if (!growing || from - growing.to > PAUSE_S) {
      this.growing[kind] = this.put(kind, from, to, text);
      return;
    }
    const piece = text.slice(0, WORDS_CHARACTERS_MAX - growing.text.length);
    growing.text += piece;
    growing.pieces.push({ at: from, length: piece.length });
    growing.to = Math.max(growing.to, to);
  }

  /** What the model is saying sounds until then. */
  sounds(to: number): void {
    const said = this.growing.said;
    if (said) said.to = Math.max(said.to, to);
  }

  /** What is said next is something else. */
  turnOver(): void {
    this.growing = {};
  }

  /** The model falls silent: nothing of its voice is heard from that time on. */
  hush(at: number): void {
    this.model.cut(at);
    for (const words of this.words.latest()) {
      if (words.kind !== "said") continue;
      if (words.to <= at) return;
      const heard = lettersUntil(words, at);
      words.unheard = words.text.slice(heard) + words.unheard;
      words.text = words.text.slice(0, heard);
      words.to = Math.max(words.from, at);
    }
  }
}
