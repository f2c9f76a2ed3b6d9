/** The user's voice on its way to the server: when it is sent, and what the protocol is told of its beginning and end. */

import type { RealtimeInput } from "./live/messages";
import { type Heard, Microphone } from "./sound/microphone";
import { muted, talking } from "./state";

/** What a session is told where sound begins; `manual` when nobody else says when its user speaks. */
export function beginning(manual: boolean): RealtimeInput | null {
  return manual ? { activityStart: {} } : null;
}

/** ... and where it ends. */
export function ending(manual: boolean): RealtimeInput {
  return manual ? { activityEnd: {} } : { audioStreamEnd: true };
}

type Open = (heard: (chunk: Heard) => void) => Promise<Pick<Microphone, "close">>;

export class Voice {
  private microphone: ReturnType<Open> | null = null;
  /** The user wants to be heard, though the microphone may not be open yet. */
  private wanted = false;
  private speaking = false;

  constructor(
    private readonly manual: boolean,
    private readonly send: (input: RealtimeInput) => void,
    private readonly hear: (chunk: Heard) => void,
    private readonly open: Open = Microphone.open,
  ) {}

  /** From now on the user is heard, unless `end` comes first; raises what `Microphone.open` raises. */
  async begin(): Promise<void> {
    this.wanted = true;
    this.microphone ??= this.open((chunk) => this.take(chunk));
    const opening = this.microphone;
    try {
      await opening;
    } catch (error) {
      if (this.microphone === opening) this.microphone = null; // the next time it may be allowed
      throw error;
    }
    if (!this.wanted || this.microphone !== opening || this.speaking) return;
    this.declare();
    this.enter(true);
  }

  /** What is said now is not for the server; the microphone stays open, for opening it takes a while. */
  end(): void {
    this.wanted = false;
    if (!this.speaking) return;
    const told = muted.value && !this.manual;
    this.enter(false);
    if (!told) this.send(ending(this.manual));
  }

  /** Between `begin` and `end`: keep both the session and the microphone, and let nothing be heard. */
  mute(on: boolean): void {
    if (!this.speaking || on === muted.value) return;
    muted.value = on;
    if (on && !this.manual) this.send(ending(this.manual)); // sound that comes later begins the stream anew
  }

  /** The connection is lost, and with it what the server was told; the next one has to know. */
  lost(): void {
    if (this.speaking) this.declare();
  }

  /** Stop, and close the microphone; `told` when there is a session that can be told. */
  async close(told = true): Promise<void> {
    if (!told) this.enter(false);
    this.end();
    const microphone = this.microphone;
    this.microphone = null;
    try {
      await (await microphone)?.close();
    } catch {
      // it never opened, which was said to whoever opened it
    }
  }

  private declare(): void {
    const told = beginning(this.manual);
    if (told) this.send(told);
  }

  private enter(speaking: boolean): void {
    if (this.speaking === speaking) return;
    this.speaking = talking.value = speaking;
    muted.value = false;
  }

  private take(chunk: Heard): void {
    if (!this.speaking) return;
    if (!muted.value) this.hear(chunk);
    // Declared speech goes on until its end is declared: a pause in it has to last as long as it lasted.
    else if (this.manual) this.hear({ ...chunk, samples: new Int16Array(chunk.samples.length) });
  }
}
