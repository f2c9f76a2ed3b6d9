/** The outline of a voice over time, in windows of 20 ms. The memory is taken once, whatever is written. */

export const WINDOW_S = 0.02;
/** Older sound is forgotten. */
export const KEPT_S = 1_800;

const WINDOWS = KEPT_S / WINDOW_S;

export class Wave {
  private readonly low = new Int8Array(WINDOWS);
  private readonly high = new Int8Array(WINDOWS);
  /** The number of the window behind the last written one. */
  private end = 0;

  /** Sound that begins at a time in seconds; what was written there before is replaced. */
  write(at: number, samples: Int16Array, rateHz: number): void {
    const size = WINDOW_S * rateHz;
    const first = Math.max(0, Math.round(at / WINDOW_S));
    for (let window = 0; window * size < samples.length; window++) {
      const from = Math.round(window * size);
      this.put(first + window, samples.subarray(from, Math.round(from + size)));
    }
  }

  /** Nothing is heard from that time on. */
  cut(at: number): void {
    const from = Math.max(0, Math.ceil(at / WINDOW_S));
    this.end = Math.min(this.end, from);
  }

  /** The least and the greatest between two times, each in -1 to 1. */
  range(from: number, to: number): [number, number] {
    const first = Math.max(Math.floor(from / WINDOW_S), this.end - WINDOWS, 0);
    const behind = Math.min(Math.max(first + 1, Math.floor(to / WINDOW_S)), this.end);
    let low = 0;
    let high = 0;
    for (let window = first; window < behind; window++) {
      low = Math.min(low, this.low[window % WINDOWS] ?? 0);
      high = Math.max(high, this.high[window % WINDOWS] ?? 0);
    }
    return [low / 128, high / 127];
  }

  private put(window: number, samples: Int16Array): void {
    for (; this.end < window; this.end++) this.low[this.end % WINDOWS] = this.high[this.end % WINDOWS] = 0;
    let low = 0;
    let high = 0;
    for (const sample of samples) {
      if (sample < low) low = sample;
      else if (sample > high) high = sample;
    }
    this.low[window % WINDOWS] = low >> 8;
    this.high[window % WINDOWS] = high >> 8;
    this.end = Math.max(this.end, window + 1);
  }
}
