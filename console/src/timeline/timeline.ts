/** What happened and when, on one axis: seconds since the page's session began. */

import { Ring } from "./ring";
import { Wave } from "./wave";

/** A moment. */
export type MarkKind =
  | "judged"
  | "decided"
  | "wasted"
  | "token"
  | "clause"
  | "sound"
  | "interrupted"
  | "complete"
  | "call"
  | "connection";

/** A stretch. */
export type SpanKind = "speech" | "draft" | "wait" | "reply";

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
}

/** Words where they were heard. */
export interface Words {
  who: "user" | "model";
  at: number;
  text: string;
}

export interface Probability {
  at: number;
  value: number;
}

export const MARKS_MAX = 6_000;
export const SPANS_MAX = 3_000;
export const WORDS_MAX = 6_000;
/** Half an hour of windows of 32 ms. */
export const PROBABILITIES_MAX = 56_250;

export class Timeline {
  readonly user = new Wave();
  readonly model = new Wave();
  readonly marks = new Ring<Mark>(MARKS_MAX);
  readonly spans = new Ring<Span>(SPANS_MAX);
  readonly words = new Ring<Words>(WORDS_MAX);
  readonly activity = new Ring<Probability>(PROBABILITIES_MAX);

  constructor(
    /** When it began, in seconds of `performance.now`. */
    readonly began: number,
  ) {}

  /** Open a stretch; an open one of that kind ends where the new one begins. */
  begin(kind: SpanKind, from: number, text = ""): Span {
    this.end(kind, from);
    const span: Span = { kind, from, to: null, text };
    this.spans.push(span);
    return span;
  }

  /** End the open stretch of a kind; null when there is none. */
  end(kind: SpanKind, to: number): Span | null {
    const open = this.open(kind);
    if (open) open.to = Math.max(open.from, to);
    return open;
  }

  open(kind: SpanKind): Span | null {
    for (const span of this.spans.latest()) if (span.kind === kind) return span.to === null ? span : null;
    return null;
  }

  mark(kind: MarkKind, at: number, text: string, raw = ""): void {
    this.marks.push({ kind, at, text, raw });
  }
}
