/** A recorded session as the server, or `antiphon replay --html`, tells it (src/antiphon/recording/picture.py). */

import { fromBase64 } from "../live/base64";
import { type MarkKind, Timeline, type WordsKind } from "../timeline/timeline";

export interface Recorded {
  title: string;
  /** What it is: names and values. */
  facts: [name: string, value: string][];
  rows: Row[];
  session: Session;
  /** Of each voice the highest amplitude of each 20 ms, a byte each, in base64. */
  peaks: { user: string; model: string };
  /** Both voices as a `data:` URL; null when there was no sound. */
  sound: string | null;
}

/** A line of the conversation. */
export interface Row {
  at: number;
  kind: "user" | "model" | "thought" | "tool" | "mark";
  who: string;
  text: string;
  /** What was cut off before it was heard. */
  unheard: string;
  /** How long it was waited for. */
  waited: string;
}

interface Stretch {
  start_s: number;
  end_s: number;
}

interface Said extends Stretch {
  text: string;
  unheard: string;
}

/** What `antiphon replay --json` prints, as far as it is drawn. */
interface Session {
  seconds: number;
  speech: Stretch[];
  wrote: Said[];
  heard: Said[];
  thoughts: Said[];
  said: Said[];
  calls: (Omit<Stretch, "end_s"> & { end_s: number | null; told: string })[];
  marks: { at_s: number; kind: string; text: string }[];
  connected: Stretch[];
  turns: { asked_s: number | null; first_s: number | null; latency_ms: number | null }[];
}

export function timelineOf({ session, peaks }: Recorded): Timeline {
  const timeline = new Timeline(0, session.seconds);
  timeline.user.fill(fromBase64(peaks.user));
  timeline.model.fill(fromBase64(peaks.model));
  for (const { start_s, end_s } of session.speech) stretch(timeline, "speech", start_s, end_s, "");
  for (const { start_s, end_s } of session.connected) stretch(timeline, "connected", start_s, end_s, "connected");
  for (const { start_s, end_s, told } of session.calls) {
    const [before, end] = [timeline.latest("call"), end_s ?? session.seconds];
    if (before?.from !== start_s) stretch(timeline, "call", start_s, end, told);
    else [before.text, before.to] = [`${before.text}; ${told}`, Math.max(before.to ?? 0, end)];
  }
  for (const { asked_s, first_s, latency_ms } of session.turns) {
    if (asked_s === null || first_s === null) continue;
    stretch(timeline, "wait", asked_s, first_s, `${latency_ms} ms`);
  }
  for (const [kind, { start_s, end_s, text, unheard }] of inTime(session))
    timeline.put(kind, start_s, end_s, text, unheard);
  for (const { at_s, kind, text } of session.marks)
    timeline.mark(KINDS[kind] ?? "connection", at_s, text ? `${kind} ${text}` : kind);
  return timeline;
}

function stretch(
  timeline: Timeline,
  kind: "speech" | "connected" | "call" | "wait",
  from: number,
  to: number,
  text: string,
) {
  timeline.add({ kind, from, to, text, raw: "" });
}

/** All that was put into words, in the order of its time. */
function inTime({ heard, speech, wrote, thoughts, said }: Session): [WordsKind, Said][] {
  const spoken = heard.map((words, index) => ({ ...words, ...whenSpoken(words, heard[index - 1], speech) }));
  const kinds = Object.entries({ heard: spoken, wrote, thought: thoughts, said }) as [WordsKind, Said[]][];
  return kinds
    .flatMap(([kind, all]) => all.map((words): [WordsKind, Said] => [kind, words]))
    .sort(([, one], [, other]) => one.start_s - other.start_s);
}

/** The server tells what it heard afterwards: it was said where the user spoke last, since the words before it. */
function whenSpoken(words: Said, before: Said | undefined, speech: Stretch[]): Stretch {
  const since = before?.end_s ?? 0;
  return speech.findLast(({ start_s }) => start_s >= since && start_s < words.start_s) ?? words;
}

/** All others are of the connection. */
const KINDS: Record<string, MarkKind> = {
  interrupted: "interrupted",
  image: "shown",
  "turn ended": "complete",
  "connection lost": "trouble",
  "input dropped": "trouble",
};
