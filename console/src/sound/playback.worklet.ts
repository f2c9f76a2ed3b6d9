/** In the audio thread: plays one chunk behind the other without a gap, and stops at once when told. */

class Playback extends AudioWorkletProcessor {
  private queue: Int16Array[] = [];
  private at = 0;

  constructor() {
    super();
    this.port.onmessage = ({ data }: MessageEvent<Int16Array | null>) => {
      if (data) this.queue.push(data);
      else this.clear();
    };
  }

  process(_: Float32Array[][], [output]: Float32Array[][]): boolean {
    const out = output?.[0];
    if (!out) return true;
    for (let index = 0; index < out.length; index++) {
      const chunk = this.queue[0];
      if (!chunk) break; // the rest is silence already
      out[index] = (chunk[this.at++] ?? 0) / 32_768;
      if (this.at < chunk.length) continue;
      this.queue.shift();
      this.at = 0;
      if (!this.queue.length) this.port.postMessage("drained");
    }
    return true;
  }

  private clear(): void {
    this.queue = [];
    this.at = 0;
    this.port.postMessage("cleared");
  }
}

registerProcessor("playback", Playback);
