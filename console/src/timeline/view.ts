/** Which part of the time is seen: it follows the present until somebody moves or pauses it. */

export const SPAN_S_MIN = 0.5;
export const SPAN_S_MAX = 1_800;
/** Between the present and the right edge, as a part of what is seen. */
const AHEAD = 0.04;

export class View {
  /** Seconds across. */
  span = 20;
  /** The right edge while it stands still; null while it follows. */
  private held: number | null = null;

  get follows(): boolean {
    return this.held === null;
  }

  right(now: number): number {
    return this.held ?? Math.max(this.span * (1 - AHEAD), now) + this.span * AHEAD;
  }

  hold(now: number): void {
    this.held = this.right(now);
  }

  follow(): void {
    this.held = null;
  }

  /** Closer by a factor; what lies under `share` of the width stays there. */
  zoom(factor: number, share: number, now: number): void {
    const span = Math.min(SPAN_S_MAX, Math.max(SPAN_S_MIN, this.span / factor));
    if (this.held !== null) this.held = this.right(now) + (span - this.span) * (1 - share);
    this.span = span;
  }

  /** Later by that many seconds; the present stops it. */
  move(seconds: number, now: number): void {
    const right = this.right(now) + seconds;
    this.held = right > now + this.span * AHEAD ? null : Math.max(this.span, right);
  }
}
