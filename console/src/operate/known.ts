/** What the page knows of the server, asked anew each second while somebody looks. */

import { signal } from "@preact/signals";
import { Refusal, type State, state } from "./server";

/** Between two questions. */
const EVERY_MS = 1_000;

/** Null before the first answer, and when the key is to be given. */
export const known = signal<State | null>(null);
/** Whether the key is to be given; null while that is not known. */
export const outside = signal<boolean | null>(null);
/** What went wrong, in words. */
export const trouble = signal("");
/** What was done. */
export const done = signal("");

/** What is to be confirmed before it is done. */
export interface Question {
  what: string;
  why: string;
  /** The answer that does it. */
  yes: string;
  act(): Promise<void>;
}

/** Not answered yet. */
export const asked = signal<Question | null>(null);

let timer: ReturnType<typeof setTimeout> | undefined;
let asking = false;

/** Ask now, and go on asking until the page is hidden or nobody is let in. */
export async function look(): Promise<void> {
  clearTimeout(timer);
  if (asking || document.hidden) return;
  asking = true;
  await ask();
  asking = false;
  if (!outside.value && !document.hidden) timer = setTimeout(() => void look(), EVERY_MS);
}

async function ask(): Promise<void> {
  try {
    known.value = await state();
    outside.value = false;
    if (trouble.value === lost) trouble.value = "";
  } catch (error) {
    if (shutOut(error)) return;
    lost = (error as Error).message;
    trouble.value = lost;
  }
}

/** What the last look in vain came to: it is over when the next one succeeds. */
let lost = "";

/** Do what a button says, say what came of it, and look at once. */
export async function act(work: () => Promise<unknown>, said: string): Promise<void> {
  try {
    await work();
    trouble.value = "";
    done.value = said;
  } catch (error) {
    if (!shutOut(error)) trouble.value = (error as Error).message;
  }
  await look();
}

/** Whether an error says that the key is to be given, again or for the first time. */
function shutOut(error: unknown): boolean {
  if (!(error instanceof Refusal) || error.status !== 401) return false;
  if (known.value) trouble.value = "Your entry has ended: give the key again.";
  known.value = null;
  outside.value = true;
  asked.value = null;
  done.value = "";
  return true;
}
