import { expect, it } from "vitest";
import { Ring } from "../../src/timeline/ring";

it("the latest are kept, in order", () => {
  const ring = new Ring<number>(3);
  for (let number = 1; number <= 5; number++) ring.push(number);
  expect([...ring]).toEqual([3, 4, 5]);
  expect([...ring.latest()]).toEqual([5, 4, 3]);
  expect(ring.length).toBe(3);
});
