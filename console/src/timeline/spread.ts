/** When each letter of what was said was spoken, about: those of one piece are taken to be spoken evenly. */

import type { Words } from "./timeline";

/** Nobody speaks faster: the text of a piece comes before all of its sound is there. */
const LETTERS_PER_S = 25;

interface Spoken {
  /** Its first letter. */
  first: number;
  length: number;
  from: number;
  to: number;
}

function* spoken({ pieces, to }: Words): Iterable<Spoken> {
  let first = 0;
  for (const [index, { at, length }] of pieces.entries()) {
    const next = pieces[index + 1]?.at ?? Math.max(to, at + length / LETTERS_PER_S);
    yield { first, length, from: at, to: next };
    first += length;
  }
}

/** When a letter was spoken. */
export function whenSpoken(words: Words, letter: number): number {
  let when = words.from;
  for (const { first, length, from, to } of spoken(words))
    if (letter >= first) when = from + ((to - from) * Math.min(letter - first, length)) / Math.max(1, length);
  return when;
}

/** How many letters were spoken by a time: whole words, where there are spaces between them. */
export function lettersUntil(words: Words, at: number): number {
  for (const { first, length, from, to } of spoken(words)) {
    if (at >= to) continue;
    const letters = at <= from ? 0 : Math.floor((length * (at - from)) / (to - from));
    const piece = words.text.slice(first, first + length);
    return first + (piece.includes(" ") ? piece.lastIndexOf(" ", letters) + 1 : letters);
  }
  return words.text.length;
}
