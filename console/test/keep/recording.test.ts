import { describe, expect, it } from "vitest";
import { Recording } from "../../src/keep/recording";
import { toBase64 } from "../../src/live/base64";

const chunk = (rateHz: number, samples: number) => ({
  realtimeInput: {
    audio: { mimeType: `audio/pcm;rate=${rateHz}`, data: toBase64(new Uint8Array(2 * samples).fill(7)) },
  },
});

async function linesOf(recording: Recording): Promise<Record<string, unknown>[]> {
  const [, content] = recording.files()[0] ?? [];
  return ((await content?.text()) ?? "")
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}

describe("a recording", () => {
  it("has a header, and its sound beside it", async () => {
    const recording = new Recording("ws://h", "m", new Date(0));
    recording.add("client", chunk(16_000, 320), 0.5);
    recording.add("client", chunk(16_000, 160), 0.6);
    const [header, , second] = await linesOf(recording);
    expect(header).toEqual({
      recording: 1,
      antiphon: "test",
      seenFrom: "client",
      endpoint: "ws://h",
      startedAt: "1970-01-01T00:00:00.000Z",
      model: "m",
    });
    expect(second).toMatchObject({
      at: 0.6,
      from: "client",
      message: { realtimeInput: { audio: { data: { stream: "user", first: 320, samples: 160 } } } },
    });
    const wave = recording.files().find(([ending]) => ending === "user.wav")?.[1];
    const view = new DataView((await wave?.arrayBuffer()) ?? new ArrayBuffer(0));
    expect([view.getUint32(24, true), view.getUint32(40, true), view.byteLength]).toEqual([16_000, 960, 1_004]);
  });

  it("begins another file where the rate changes", () => {
    const recording = new Recording("ws://h", "m", new Date(0));
    for (const rateHz of [16_000, 48_000, 48_000]) recording.add("client", chunk(rateHz, 320), 1);
    expect(recording.files().map(([ending]) => ending)).toEqual(["jsonl", "user.wav", "user-2.wav"]);
  });

  it("holds no key and no handle, but which was which", async () => {
    const recording = new Recording("ws://h?key=secret", "m", new Date(0));
    recording.add("server", { sessionResumptionUpdate: { newHandle: "H1", resumable: true } }, 1);
    recording.add("client", { setup: { model: "m", sessionResumption: { handle: "H1" } } }, 2);
    recording.add("client", { realtimeInput: { text: `my key is AIza${"x".repeat(35)}` } }, 3);
    const text = JSON.stringify(await linesOf(recording));
    for (const secret of ["secret", "H1", "AIza"]) expect(text).not.toContain(secret);
    expect(text.match(/handle-1/g)).toHaveLength(2);
  });
});
