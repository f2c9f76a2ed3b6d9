/** Plays the model's voice, and knows what of it is being heard. */

export const SPEAKING_HZ = 24_000;

export class Player {
  /** When all that came will have been played; seconds of `performance.now`. */
  private until = 0;

  private constructor(
    private readonly context: AudioContext,
    private readonly node: AudioWorkletNode,
  ) {}

  /** Browsers begin to play only after the user did something on the page. */
  static async open(): Promise<Player> {
    const context = new AudioContext({ sampleRate: SPEAKING_HZ, latencyHint: "interactive" });
    await context.audioWorklet.addModule("/assets/playback.js");
    const node = new AudioWorkletNode(context, "playback", { numberOfInputs: 0, outputChannelCount: [1] });
    node.connect(context.destination);
    return new Player(context, node);
  }

  /** When what comes next will be heard; all times are seconds of `performance.now`. */
  next(now: number): number {
    return Math.max(now, this.until);
  }

  /** Play behind what is being played; gives when it begins to be heard. */
  play(samples: Int16Array, now: number): number {
    void this.context.resume();
    const from = this.next(now);
    this.until = from + samples.length / SPEAKING_HZ;
    this.node.port.postMessage(samples);
    return from;
  }

  /** Fall silent at once. */
  stop(now: number): void {
    this.node.port.postMessage(null);
    this.until = Math.min(this.until, now);
  }

  async close(): Promise<void> {
    if (this.context.state !== "closed") await this.context.close();
  }
}
