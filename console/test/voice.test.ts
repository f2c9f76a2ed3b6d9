import { beforeEach, describe, expect, it } from "vitest";
import type { RealtimeInput } from "../src/live/messages";
import type { Heard } from "../src/sound/microphone";
import { muted, talking } from "../src/state";
import { Voice } from "../src/voice";

const START = { activityStart: {} };
const END = { activityEnd: {} };
const STREAM_END = { audioStreamEnd: true };
const CHUNK: Heard = { samples: Int16Array.of(7, 8), rateHz: 16_000 };

/** A voice whose microphone opens when it is told to, and what it did. */
function voiceOf(manual: boolean) {
  const did: (RealtimeInput | number[])[] = [];
  const microphones: { heard(chunk: Heard): void; opened(): void; refused(): void; closed: boolean }[] = [];
  const open = (heard: (chunk: Heard) => void) =>
    new Promise<{ close(): Promise<void> }>((resolve, reject) => {
      const microphone = {
        heard,
        closed: false,
        opened: () =>
          resolve({
            close: async () => {
              microphone.closed = true;
            },
          }),
        refused: () => reject(new Error("not allowed")),
      };
      microphones.push(microphone);
    });
  const voice = new Voice(
    manual,
    (input) => did.push(input),
    ({ samples }) => did.push([...samples]),
    open,
  );
  const hear = () => microphones.at(-1)?.heard(CHUNK);
  return { voice, did, microphones, hear };
}

/** ... that is open, and the user speaks. */
async function begun(manual: boolean) {
  const all = voiceOf(manual);
  const beginning = all.voice.begin();
  all.microphones[0]?.opened();
  await beginning;
  return all;
}

beforeEach(() => {
  talking.value = muted.value = false;
});

describe("a session that finds speech itself", () => {
  it("hears what is said between begin and end, and that the stream ended", async () => {
    const { voice, did, hear } = await begun(false);
    hear();
    voice.end();
    hear();
    expect(did).toEqual([[7, 8], STREAM_END]);
    expect(talking.value).toBe(false);
  });

  it("is told of the end when the user mutes himself, and only then", async () => {
    const { voice, did, hear } = await begun(false);
    voice.mute(true);
    hear();
    voice.end();
    expect(did).toEqual([STREAM_END]);
    expect(muted.value).toBe(false);
  });

  it("hears him again when he is not muted any more", async () => {
    const { voice, did, hear } = await begun(false);
    voice.mute(true);
    voice.mute(false);
    hear();
    expect(did).toEqual([STREAM_END, [7, 8]]);
  });
});

describe("a session that is told", () => {
  it("is told where each speech begins and ends", async () => {
    const { voice, did, microphones, hear } = await begun(true);
    hear();
    voice.end();
    hear();
    await voice.begin();
    hear();
    voice.end();
    expect(did).toEqual([START, [7, 8], END, START, [7, 8], END]);
    expect(microphones.length).toBe(1);
  });

  it("hears silence of a muted user: he has not finished", async () => {
    const { voice, did, hear } = await begun(true);
    voice.mute(true);
    hear();
    voice.end();
    expect(did).toEqual([START, [0, 0], END]);
  });

  it("is told again when it comes back from a lost connection", async () => {
    const { voice, did } = await begun(true);
    voice.lost();
    voice.end();
    voice.lost();
    expect(did).toEqual([START, START, END]);
  });
});

describe("the microphone", () => {
  it("may open too late for what was held", async () => {
    const { voice, did, microphones, hear } = voiceOf(true);
    const beginning = voice.begin();
    voice.end();
    microphones[0]?.opened();
    await beginning;
    hear();
    expect(did).toEqual([]);
    expect(microphones[0]?.closed).toBe(false);
  });

  it("is closed even if it opens after that", async () => {
    const { voice, did, microphones } = voiceOf(false);
    const beginning = voice.begin();
    const closing = voice.close();
    microphones[0]?.opened();
    await Promise.all([beginning, closing]);
    expect(did).toEqual([]);
    expect(microphones[0]?.closed).toBe(true);
  });

  it("is asked for again when it was refused", async () => {
    const { voice, microphones } = voiceOf(false);
    const beginning = voice.begin();
    microphones[0]?.refused();
    await expect(beginning).rejects.toThrow("not allowed");
    const again = voice.begin();
    microphones[1]?.opened();
    await again;
    expect(talking.value).toBe(true);
  });

  it("is closed without a word when the session is over", async () => {
    const { voice, did, microphones } = await begun(true);
    await voice.close(false);
    expect(did).toEqual([START]);
    expect(microphones[0]?.closed).toBe(true);
    expect(talking.value).toBe(false);
  });
});
