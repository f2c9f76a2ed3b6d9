/** The rows of the picture, from the top: which there are, how high, and what belongs where. */

import type { MarkKind, SpanKind, Timeline, WordsKind } from "./timeline";

export type LaneName = "you" | "heard" | "turn" | "waited" | "model" | "said" | "thought" | "tools" | "connection";

/** In CSS pixels. */
export interface Lane {
  name: LaneName;
  top: number;
  height: number;
}

export const RULER_HEIGHT = 24;
const VOICE = 68;
const LINE = 28;

const HEIGHTS: [LaneName, number][] = [
  ["you", VOICE],
  ["heard", LINE],
  ["turn", LINE],
  ["waited", LINE],
  ["model", VOICE],
  ["said", LINE],
  ["thought", LINE],
  ["tools", LINE],
  ["connection", LINE],
];

/** A lane that is there only when one of these has happened. */
const NEEDS: Partial<Record<LaneName, (MarkKind | SpanKind | WordsKind)[]>> = {
  turn: ["judged", "decided", "draft", "wasted", "token"],
  thought: ["thought"],
  tools: ["call"],
};

export const LANE_OF_MARK: Record<MarkKind, LaneName> = {
  judged: "turn",
  decided: "turn",
  wasted: "turn",
  token: "turn",
  clause: "turn",
  sound: "turn",
  shown: "you",
  interrupted: "connection",
  complete: "turn",
  connection: "connection",
  trouble: "connection",
};

export const LANE_OF_WORDS: Record<WordsKind, LaneName> = {
  heard: "heard",
  wrote: "heard",
  said: "said",
  thought: "thought",
};

export class Lanes {
  private constructor(
    readonly all: readonly Lane[],
    /** Of the whole picture. */
    readonly height: number,
  ) {}

  static of(timeline: Timeline): Lanes {
    const all: Lane[] = [];
    let top = RULER_HEIGHT;
    for (const [name, height] of HEIGHTS) {
      if (NEEDS[name]?.every((kind) => !timeline.kinds.has(kind))) continue;
      all.push({ name, top, height });
      top += height;
    }
    return new Lanes(all, top);
  }

  has(name: LaneName): boolean {
    return this.all.some((lane) => lane.name === name);
  }

  /** A lane that is there. */
  lane(name: LaneName): Lane {
    const found = this.all.find((lane) => lane.name === name);
    if (!found) throw new Error(`nothing is drawn in ${name}`);
    return found;
  }
}
