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
  settled = "";
}

/** What was understood for good of the user's open entry; behind it stands what is only guessed at. */
let settled = "";

function close(who: Entry["who"]): void {
  if (who === "user") settled = "";
  entries.value = entries.value.map((entry) => (entry.open && entry.who === who ? { ...entry, open: false } : entry));
}

function add(who: "user" | "model", text: string, guessed: boolean): void {
  const last = entries.value.findLast((entry) => entry.who === who && entry.open);
  const before = who === "user" ? settled : (last?.text ?? "");
  const grown = (guessed ? spaced(before, text) : before + text).slice(0, TEXT_MAX);
  if (who === "user" && !guessed) settled = grown;
  if (last) {
    entries.value = entries.value.map((entry) => (entry.id === last.id ? { ...entry, text: grown } : entry));
    return;
  }
  const entry: Entry = { id: nextId(), who, text: grown, open: true, interrupted: false };
  entries.value = appended(entries.value, entry, ENTRIES_MAX);
}

/** A guess is a text of its own, unlike the pieces of what was understood. */
function spaced(before: string, text: string): string {
  return before && !/\s$/.test(before) && !/^\s/.test(text) ? `${before} ${text}` : before + text;
}
