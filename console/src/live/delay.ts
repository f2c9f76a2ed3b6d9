/** Things put off for a while, in order: a slow network, on purpose. */

/** The longest delay that can be asked for, each way. */
export const DELAY_MS_MAX = 2_000;

export class Delay {
  private readonly waiting: { due: number; work: () => void }[] = [];

  /** `ms` tells how long, at the moment something comes. */
  constructor(private readonly ms: () => number) {}

  /** Do it, after whatever came before. */
  pass(work: () => void): void {
    const ms = this.ms();
    if (ms === 0 && this.waiting.length === 0) {
      work();
      return;
    }
    const due = Math.max(this.waiting.at(-1)?.due ?? 0, performance.now() + ms);
    this.waiting.push({ due, work });
    if (this.waiting.length === 1) this.wait();
  }

  private wait(): void {
    const next = this.waiting[0];
    if (!next) return;
    setTimeout(() => {
      this.waiting.shift();
      next.work();
      this.wait();
    }, next.due - performance.now());
  }
}
