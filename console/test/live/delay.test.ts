import { beforeEach, expect, it, vi } from "vitest";
import { Delay } from "../../src/live/delay";

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

it("without a delay things are done at once", () => {
  const done: number[] = [];
  new Delay(() => 0).pass(() => done.push(1));
  expect(done).toEqual([1]);
});

it("things come late, and in order when the delay ends", () => {
  let ms = 100;
  const done: number[] = [];
  const delay = new Delay(() => ms);
  delay.pass(() => done.push(1));
  ms = 0;
  delay.pass(() => done.push(2));
  vi.advanceTimersByTime(99);
  expect(done).toEqual([]);
  vi.advanceTimersByTime(2);
  expect(done).toEqual([1, 2]);
  delay.pass(() => done.push(3));
  expect(done).toEqual([1, 2, 3]);
});
