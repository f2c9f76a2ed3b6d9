/** The microphone as chunks of 20 ms, at 16 kHz where the browser resamples, else at the device's own rate. */

import { toBase64 } from "../live/base64";
import type { Blob64 } from "../live/messages";

/** What the Live API hears in; any other rate it takes too, when the mime type says so. */
export const HEARING_HZ = 16_000;

export interface Heard {
  samples: Int16Array;
  rateHz: number;
}

const WANTED: MediaTrackConstraints = {
  channelCount: 1,
  echoCancellation: true,
  noiseSuppression: true,
  autoGainControl: true,
};

export class Microphone {
  private constructor(
    private readonly stream: MediaStream,
    private readonly context: AudioContext,
  ) {}

  /** Raises what `getUserMedia` raises when there is none or it is not allowed. */
  static async open(heard: (heard: Heard) => void): Promise<Microphone> {
    const stream = await navigator.mediaDevices.getUserMedia({ audio: WANTED });
    const [context, source] = sourceOf(stream);
    await context.audioWorklet.addModule("/assets/capture.js");
    const node = new AudioWorkletNode(context, "capture", {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    node.port.onmessage = ({ data }: MessageEvent<Int16Array>) => heard({ samples: data, rateHz: context.sampleRate });
    source.connect(node);
    void context.resume(); // where there is no loudspeaker, Firefox never says that it did
    return new Microphone(stream, context);
  }

  async close(): Promise<void> {
    for (const track of this.stream.getTracks()) track.stop();
    await this.context.close();
  }
}

/** Firefox refuses a source of another rate than the context's: there the device's rate is sent as it is. */
function sourceOf(stream: MediaStream): [AudioContext, MediaStreamAudioSourceNode] {
  const context = new AudioContext({ sampleRate: HEARING_HZ, latencyHint: "interactive" });
  try {
    return [context, context.createMediaStreamSource(stream)];
  } catch {
    void context.close();
    const native = new AudioContext({ latencyHint: "interactive" });
    return [native, native.createMediaStreamSource(stream)];
  }
}

export function soundBlob({ samples, rateHz }: Heard): Blob64 {
  const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
  return { mimeType: `audio/pcm;rate=${rateHz}`, data: toBase64(bytes) };
}
