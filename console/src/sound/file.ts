/** A sound file instead of the microphone: decoded by the browser, played into the session in real time. */

import { HEARING_HZ, type Heard } from "./microphone";

const CHUNK_S = 0.02;
/** Behind the end, so that it can be noticed. */
const SILENCE_S = 1.5;

/** Raises what `decodeAudioData` raises for a file that holds no sound. */
export async function playInto(file: Blob, hear: (heard: Heard) => void): Promise<void> {
  const decoder = new OfflineAudioContext(1, 1, HEARING_HZ); // decodes to its own rate
  const sound = await decoder.decodeAudioData(await file.arrayBuffer());
  const samples = mono(sound);
  const size = CHUNK_S * HEARING_HZ;
  const began = performance.now();
  let at = 0;
  while (at < samples.length) {
    const due = ((performance.now() - began) / 1000) * HEARING_HZ;
    for (; at < samples.length && at <= due; at += size) {
      hear({ samples: samples.slice(at, at + size), rateHz: HEARING_HZ });
    }
    await new Promise((resolve) => setTimeout(resolve, 1000 * CHUNK_S));
  }
}

function mono(sound: AudioBuffer): Int16Array {
  const samples = new Int16Array(sound.length + SILENCE_S * HEARING_HZ);
  for (let channel = 0; channel < sound.numberOfChannels; channel++) {
    const data = sound.getChannelData(channel);
    for (let at = 0; at < data.length; at++) {
      const value = (samples[at] ?? 0) + ((data[at] ?? 0) * 32_767) / sound.numberOfChannels;
      samples[at] = Math.max(-32_768, Math.min(32_767, value));
    }
  }
  return samples;
}
