/** What the page shows, as signals: whoever reads one is drawn again when it changes. */

import { signal } from "@preact/signals";
import type { Phase } from "./live/session";

export interface Entry {
  id: number;
  who: "user" | "model" | "note";
  text: string;
  /** More of it may come. */
  open: boolean;
  interrupted: boolean;
}

export interface FrameLine {
  id: number;
  at: number;
  from: "page" | "server";
  text: string;
}

export const ENTRIES_MAX = 400;
export const FRAMES_MAX = 400;
export const LATENCIES_MAX = 500;
/** A single entry of the transcript; longer ones are cut, and say so. */
export const ENTRY_CHARACTERS_MAX = 4_000;

export const phase = signal<Phase>("closed");
export const why = signal("");
/** The user is being heard. */
export const talking = signal(false);
/** ... or would be, had he not muted himself. */
export const muted = signal(false);
/** He is heard while he holds a button, and not from one press to the next. */
export const holdsToTalk = signal(false);
export const entries = signal<readonly Entry[]>([]);
export const frames = signal<readonly FrameLine[]>([]);
/** From the end of the user's speech to the first sound, in ms. */
export const latencies = signal<readonly number[]>([]);
export const tokens = signal<{ prompt: number; response: number }>({ prompt: 0, response: 0 });

/** By which messages are late on purpose, each way. */
export const delayMs = signal(0);

let ids = 0;
export const nextId = (): number => ++ids;

/** Add to the end; the oldest goes when there are too many. */
export function appended<T>(list: readonly T[], item: T, most: number): readonly T[] {
  return [...list.slice(Math.max(0, list.length + 1 - most)), item];
}

/** Text of a stranger, made fit to be shown: no control characters, of bearable length. */
export function shown(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
  const plain = text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, "");
  const over = plain.length - ENTRY_CHARACTERS_MAX;
  return over > 0 ? `${plain.slice(0, ENTRY_CHARACTERS_MAX)}… (${over} more characters)` : plain;
}
