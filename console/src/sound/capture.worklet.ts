/** In the audio thread: what the microphone hears, in chunks of 20 ms of signed 16-bit samples. */

const CHUNK_S = 0.02;

class Capture extends AudioWorkletProcessor {
  private readonly size = Math.round(sampleRate * CHUNK_S);
  private chunk = new Int16Array(this.size);
  private filled = 0;

  process([input]: Float32Array[][]): boolean {
    for (const sample of input?.[0] ?? []) {
      this.chunk[this.filled++] = Math.max(-32_768, Math.min(32_767, Math.round(sample * 32_768)));
      if (this.filled === this.size) this.pass();
    }
    return true;
  }

  private pass(): void {
    this.port.postMessage(this.chunk, [this.chunk.buffer]);
    this.chunk = new Int16Array(this.size);
    this.filled = 0;
  }
}

registerProcessor("capture", Capture);
