/** The conversation as text, put together from pieces as they come. */

import { appended, ENTRIES_MAX, type Entry, entries, nextId } from "./state";

/** The text of an entry is bounded while it grows, too. */
const TEXT_MAX = 1 << 20;

export function heard(text: string): void {
  add("user", text, false);
}

/** What was understood so far; the next words replace it. */
export function heardSoFar(text: string): void {
  add("user", text, true);
}

export function said(text: string): void {
  close("user");
  add("model", text, false);
}

export function noted(text: string): void {
  entries.value = appended(
    entries.value,
    { id: nextId(), who: "note", text, open: false, interrupted: false },
    ENTRIES_MAX,
  );
}

/** The turn is over; `interrupted` when the user cut in. */
export function turnOver(interrupted: boolean): void {
  entries.value = entries.value.map((entry) =>
    entry.open ? { ...entry, open: false, interrupted: interrupted && entry.who === "model" } : entry,
  );
  interim = null;
}

let interim: number | null = null;

function close(who: Entry["who"]): void {
  if (who === "user") interim = null;
  entries.value = entries.value.map((entry) => (entry.open && entry.who === who ? { ...entry, open: false } : entry));
}

function add(who: "user" | "model", text: string, replaceable: boolean): void {
  const last = entries.value.findLast((entry) => entry.who === who && entry.open);
  if (!last) {
    const entry: Entry = { id: nextId(), who, text, open: true, interrupted: false };
    entries.value = appended(entries.value, entry, ENTRIES_MAX);
    interim = replaceable ? entry.id : null;
    return;
  }
  const replaces = interim === last.id;
  const grown = (replaces ? text : last.text + text).slice(0, TEXT_MAX);
  entries.value = entries.value.map((entry) => (entry.id === last.id ? { ...entry, text: grown } : entry));
  interim = replaceable && replaces ? last.id : null;
}
