/** What the panel shows: a session that goes on, or one that is over. */

import type { Timeline } from "./timeline";

export interface Source {
  readonly timeline: Timeline;
  /** How long it was; null while it goes on. */
  readonly seconds: number | null;
  /** On its axis: the present, or what is being played. */
  now(): number;
  /** Play from there. */
  seek?(at: number): void;
}
