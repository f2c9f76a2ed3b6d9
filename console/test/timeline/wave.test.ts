import { describe, expect, it } from "vitest";
import { KEPT_S, Wave, WINDOW_S } from "../../src/timeline/wave";

const loud = (seconds: number) => new Int16Array(seconds * 16_000).fill(16_384);

describe("a wave", () => {
  it("is loud where it was written and silent elsewhere", () => {
    const wave = new Wave();
    wave.write(1, loud(0.1), 16_000);
    expect(wave.range(1, 1.1)[1]).toBeCloseTo(0.5, 1);
    expect(wave.range(0.5, 0.9)).toEqual([0, 0]);
    expect(wave.range(1.2, 2)).toEqual([0, 0]);
  });

  it("is silent from a cut on", () => {
    const wave = new Wave();
    wave.write(0, loud(1), 16_000);
    wave.cut(0.5);
    expect(wave.range(0.5, 1)).toEqual([0, 0]);
    wave.write(0.8, loud(0.1), 16_000);
    expect(wave.range(0.5, 0.78)).toEqual([0, 0]);
    expect(wave.range(0.4, 0.5)[1]).toBeGreaterThan(0);
  });

  it("forgets what is older than it keeps", () => {
    const wave = new Wave();
    wave.write(0, loud(0.1), 16_000);
    wave.write(KEPT_S + 1, loud(WINDOW_S), 16_000);
    expect(wave.range(0, 0.1)).toEqual([0, 0]);
  });

  it("takes chunks of any rate and length one behind the other", () => {
    const wave = new Wave();
    for (let index = 0; index < 10; index++)
      wave.write(index * 0.04, new Int16Array(0.04 * 24_000).fill(-8_192), 24_000);
    for (let at = 0; at < 0.39; at += WINDOW_S) expect(wave.range(at, at + WINDOW_S)[0]).toBeCloseTo(-0.25, 1);
  });
});
