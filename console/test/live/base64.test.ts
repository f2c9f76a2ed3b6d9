import { expect, it } from "vitest";
import { fromBase64, samplesOf, toBase64 } from "../../src/live/base64";

it("bytes come back, however many", () => {
  const bytes = Uint8Array.from({ length: 70_001 }, (_, index) => index % 256);
  expect(fromBase64(toBase64(bytes))).toEqual(bytes);
});

it("samples are little-endian, and an odd byte is left out", () => {
  expect([...samplesOf(Uint8Array.of(0xff, 0xff, 0x01, 0x80, 0x07))]).toEqual([-1, -32_767]);
});
