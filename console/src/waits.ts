/** How the waits of a session are spread: its figures, and the bars of a small picture. All times are in ms. */

export interface Spread {
  count: number;
  median: number;
  /** That many of a hundred were no longer than this. */
  p95: number;
  longest: number;
  /** Where the picture ends, a round number; it begins at 0. */
  top: number;
  /** How many waits fell into each of BINS parts of it; the last one has all that were longer, too. */
  bins: readonly number[];
}

export const BINS = 24;
/** Of p95: one wait that took for ever would leave no room to tell the others apart. */
const TOP_MOST = 2;
const ROUND = [1, 1.5, 2, 3, 4, 5, 6, 8, 10];

/** Null when there are none. */
export function spreadOf(waits: readonly number[]): Spread | null {
  const sorted = waits.toSorted((a, b) => a - b);
  const longest = sorted.at(-1);
  if (longest === undefined) return null;
  const p95 = quantile(sorted, 0.95);
  const top = roundAbove(Math.min(longest, TOP_MOST * p95));
  const bins = new Array<number>(BINS).fill(0);
  for (const wait of sorted) {
    const bin = Math.max(0, Math.min(BINS - 1, Math.floor((wait / top) * BINS)));
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  return { count: sorted.length, median: quantile(sorted, 0.5), p95, longest, top, bins };
}

/** Between the two nearest, as `antiphon bench` has it; at least one has to be there. */
export function quantile(sorted: readonly number[], share: number): number {
  const place = share * (sorted.length - 1);
  const [below, above] = [sorted[Math.floor(place)] ?? 0, sorted[Math.ceil(place)] ?? 0];
  return Math.round(below + (above - below) * (place % 1));
}

/** The next number that is easy to read. */
export function roundAbove(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (ROUND.find((each) => each * power >= value) ?? 10);
}
