import { expect, it } from "vitest";
import { readable } from "../../src/live/messages";

it("sound is named and not printed", () => {
  const text = readable({ realtimeInput: { audio: { mimeType: "audio/pcm", data: "AAAA" } } });
  expect(text).toContain('"data": "(3 bytes)"');
});
