import { expect, test } from "vitest";
import { age, brief, bytes, milliseconds, percent } from "../../src/operate/words";

test.each([
  [0, "0 bytes"],
  [999, "999 bytes"],
  [1_500, "1.5 kB"],
  [640_000_000, "640 MB"],
  [2_340_000_000, "2.3 GB"],
  [1e18, "1000000 TB"],
])("%d bytes are %s", (count, told) => {
  expect(bytes(count)).toBe(told);
});

test.each([
  [0.4, "0 s"],
  [59.9, "59 s"],
  [61, "1 min 1 s"],
  [3_599, "59 min 59 s"],
  [90_000, "25 h 0 min"],
])("%d seconds are %s", (seconds, told) => {
  expect(age(seconds)).toBe(told);
});

test.each([
  [0, "0.0 %"],
  [0.34, "0.3 %"],
  [10, "10 %"],
  [137.6, "138 %"],
])("%d of a hundred are %s", (value, told) => {
  expect(percent(value)).toBe(told);
});

test("what is not there is a dash", () => {
  expect(milliseconds(null)).toBe("–");
  expect(milliseconds(412)).toBe("412 ms");
});

test("a session is known by its beginning, as in the log", () => {
  expect(brief("1a2b3c4d-0000-4000-8000-000000000000")).toBe("1a2b3c4d");
});
