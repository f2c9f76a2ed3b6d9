/** Where things belong on the page's axis: what the server counts in seconds of sound, or by its own clock. */

/** Turns positions in the sound that was sent into times: the sound came in stretches, each from a moment on. */
export class SentSound {
  private stretches: { position: number; at: number }[] = [];
  /** Seconds sent so far. */
  sent = 0;

  /** A chunk was sent whose first sample was heard at about that time; gives when, behind the chunk before it. */
  add(at: number, seconds: number): number {
    const last = this.stretches.at(-1);
    const expected = last ? last.at + (this.sent - last.position) : Number.NEGATIVE_INFINITY;
    if (!last || Math.abs(at - expected) > SLACK_S) this.stretches.push({ position: this.sent, at });
    if (this.stretches.length > STRETCHES_MAX) this.stretches.shift();
    const position = this.sent;
    this.sent += seconds;
    return this.at(position);
  }

  /** When the sound at a position was heard. */
  at(position: number): number {
    const stretch = this.stretches.findLast((each) => each.position <= position) ?? this.stretches[0];
    return stretch ? stretch.at + (position - stretch.position) : 0;
  }

  /** The next server counts from nothing. */
  restart(): void {
    this.stretches = [];
    this.sent = 0;
  }
}

/** A chunk may come a little early or late and still go on with the one before. */
const SLACK_S = 0.15;
const STRETCHES_MAX = 1_000;

/** The server's clock, by the line that took the least time to come. */
export class ServerClock {
  private offset = Number.POSITIVE_INFINITY;

  /** A line of `at` came at a time of ours. */
  came(at: number, now: number): void {
    this.offset = Math.min(this.offset, now - at);
  }

  at(at: number): number {
    return at + this.offset;
  }

  restart(): void {
    this.offset = Number.POSITIVE_INFINITY;
  }
}
