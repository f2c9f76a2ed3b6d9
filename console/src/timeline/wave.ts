/** The outline of a voice over time, in windows of 20 ms. The memory is taken once, whatever is written. */

export const WINDOW_S = 0.02;
/** Older sound is forgotten. */
export const KEPT_S = 1_800;

export class Wave {
  private readonly low: Int8Array;
  private readonly high: Int8Array;
  /** The number of the window behind the last written one. */
  private end = 0;

  constructor(keptS: number = KEPT_S) {
    this.low = new Int8Array(Math.ceil(keptS / WINDOW_S));
    this.high = new Int8Array(this.low.length);
  }

  /** The highest amplitudes of all windows from 0 on, each 0 to 255. */
  fill(peaks: Uint8Array): void {
    this.end = Math.min(peaks.length, this.low.length);
    for (let window = 0; window < this.end; window++) {
      this.high[window] = (peaks[window] ?? 0) >> 1;
      this.low[window] = -(this.high[window] ?? 0);
    }
  }

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
    const first = Math.max(Math.floor(from / WINDOW_S), this.end - this.low.length, 0);
    const behind = Math.min(Math.max(first + 1, Math.floor(to / WINDOW_S)), this.end);
    let low = 0;
    let high = 0;
    for (let window = first; window < behind; window++) {
      low = Math.min(low, this.low[window % this.low.length] ?? 0);
      high = Math.max(high, this.high[window % this.low.length] ?? 0);
    }
    return [low / 128, high / 127];
  }

  private put(window: number, samples: Int16Array): void {
    for (; this.end < window; this.end++)
      this.low[this.end % this.low.length] = this.high[this.end % this.low.length] = 0;
    let low = 0;
    let high = 0;
    for (const sample of samples) {
      if (sample < low) low = sample;
      else if (sample > high) high = sample;
    }
    this.low[window % this.low.length] = low >> 8;
    this.high[window % this.low.length] = high >> 8;
    this.end = Math.max(this.end, window + 1);
  }
}
