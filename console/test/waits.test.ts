import { describe, expect, it } from "vitest";
import { BINS, quantile, roundAbove, spreadOf } from "../src/waits";

describe("the spread of waits", () => {
  it("is none of none", () => {
    expect(spreadOf([])).toBeNull();
  });

  it("of one is that one", () => {
    const spread = spreadOf([480]);
    expect(spread).toMatchObject({ count: 1, median: 480, p95: 480, longest: 480, top: 500 });
    expect(spread?.bins.indexOf(1)).toBe(23);
  });

  it("of two has the middle for its median", () => {
    expect(spreadOf([900, 300])).toMatchObject({ count: 2, median: 600, p95: 870, longest: 900, top: 1_000 });
  });

  it("counts every wait once, in any order", () => {
    const waits = Array.from({ length: 300 }, (_, index) => (index * 7) % 1_000);
    const spread = spreadOf(waits);
    expect(spread?.bins.length).toBe(BINS);
    expect(spread?.bins.reduce((sum, count) => sum + count)).toBe(300);
    expect(spread).toEqual(spreadOf(waits.toReversed()));
  });

  it("has room for the many when one took for ever", () => {
    const spread = spreadOf([...new Array(99).fill(500), 20_000]);
    expect(spread).toMatchObject({ p95: 500, longest: 20_000, top: 1_000 });
    expect(spread?.bins.at(-1)).toBe(1);
    expect(spread?.bins[12]).toBe(99);
  });

  it("takes an answer that came at once", () => {
    expect(spreadOf([0, -3])?.bins[0]).toBe(2);
  });
});

describe("its numbers", () => {
  it("lie between the two nearest", () => {
    expect(quantile([100], 0.95)).toBe(100);
    expect(quantile([0, 10, 20, 30, 40], 0.5)).toBe(20);
    expect(quantile([0, 100], 0.95)).toBe(95);
  });

  it("end where it is easy to read", () => {
    expect([1, 480, 1_000, 1_001, 2_400, 7_900, 0].map(roundAbove)).toEqual([1, 500, 1_000, 1_500, 3_000, 8_000, 1]);
  });
});
