/** Which part of the time is seen: it follows the present until somebody moves or pauses it. */

export const SPAN_S_MIN = 0.5;
export const SPAN_S_MAX = 1_800;
/** Between the present and the right edge, as a part of what is seen. */
const AHEAD = 0.04;

export class View {
  /** The right edge while it stands still; null while it follows. */
  private held: number | null = null;

  constructor(
    /** Seconds across. */
    public span = 20,
    /** Where the time ends; null while it goes on. */
    private readonly end: number | null = null,
  ) {
    if (end !== null) this.held = span;
  }

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
    const right = this.right(now) + (span - this.span) * (1 - share);
    this.span = span;
    if (this.held !== null) this.held = Math.max(span, right);
  }

  /** Later by that many seconds; the present stops it, or the end. */
  move(seconds: number, now: number): void {
    const right = this.right(now) + seconds;
    const last = (this.end ?? now) + this.span * AHEAD;
    if (right > last && this.end === null) this.held = null;
    else this.held = Math.max(this.span, Math.min(right, last));
  }

  /** Turn the page when what is played has just left it; who looks elsewhere is left there. */
  keep(before: number, at: number): void {
    if (this.sees(before) && !this.sees(at)) this.held = Math.max(this.span, at + this.span * (1 - AHEAD));
  }

  private sees(at: number): boolean {
    return this.held !== null && at >= this.held - this.span && at <= this.held;
  }
}
