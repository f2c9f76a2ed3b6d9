import { expect, it } from "vitest";
import { SentSound, ServerClock } from "../../src/timeline/placing";

it("a position is when it was heard, in the stretch it belongs to", () => {
  const sent = new SentSound();
  for (let index = 0; index < 50; index++) sent.add(10 + index * 0.02, 0.02);
  for (let index = 0; index < 50; index++) sent.add(30 + index * 0.02, 0.02);
  expect(sent.sent).toBeCloseTo(2);
  expect(sent.at(0.5)).toBeCloseTo(10.5);
  expect(sent.at(1.5)).toBeCloseTo(30.5);
});

it("a chunk that comes a little late goes on with the one before", () => {
  const sent = new SentSound();
  expect(sent.add(5, 0.02)).toBe(5);
  expect(sent.add(5.1, 0.02)).toBeCloseTo(5.02);
  expect(sent.at(0.03)).toBeCloseTo(5.03);
});

it("the server's clock is read off the quickest line", () => {
  const clock = new ServerClock();
  clock.came(1, 11.3);
  clock.came(2, 12.01);
  clock.came(3, 13.5);
  expect(clock.at(4)).toBeCloseTo(14.01);
});
