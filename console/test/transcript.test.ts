import { beforeEach, describe, expect, it } from "vitest";
import { ENTRIES_MAX, ENTRY_CHARACTERS_MAX, entries, shown } from "../src/state";
import { heard, heardSoFar, noted, said, turnOver } from "../src/transcript";

const texts = () => entries.value.map(({ who, text }) => `${who}: ${text}`);

beforeEach(() => {
  turnOver(false);
  entries.value = [];
});

describe("a transcript", () => {
  it("grows by pieces, and a turn ends them", () => {
    heard("What is ");
    heard("it?");
    said("A");
    said(" cat.");
    turnOver(false);
    said("Next.");
    expect(texts()).toEqual(["user: What is it?", "model: A cat.", "model: Next."]);
  });

  it("replaces what was understood so far", () => {
    heardSoFar("What");
    heardSoFar("What is");
    heard("What is it?");
    expect(texts()).toEqual(["user: What is it?"]);
  });

  it("goes on with guesses behind what is understood for good", () => {
    heardSoFar("Two coffees");
    heard("Two coffees.");
    heardSoFar("And a slice");
    expect(texts()).toEqual(["user: Two coffees. And a slice"]);
    heardSoFar("And a slice of cake");
    heard(" And a slice of cake.");
    expect(texts()).toEqual(["user: Two coffees. And a slice of cake."]);
    turnOver(false);
    heardSoFar("Yes");
    expect(texts()).toEqual(["user: Two coffees. And a slice of cake.", "user: Yes"]);
  });

  it("tells which answer was interrupted", () => {
    said("One, two");
    turnOver(true);
    expect(entries.value[0]?.interrupted).toBe(true);
  });

  it("keeps the latest entries", () => {
    for (let count = 0; count < ENTRIES_MAX + 5; count++) noted(`${count}`);
    expect(entries.value).toHaveLength(ENTRIES_MAX);
    expect(entries.value.at(-1)?.text).toBe(`${ENTRIES_MAX + 4}`);
  });
});

describe("hostile text", () => {
  it("loses what would steer a screen, and nothing else", () => {
    expect(shown("a\u0007b\u202ec\u001b[31m\nأهلا")).toBe("abc[31m\nأهلا");
  });

  it("is cut when it is endless, and says so", () => {
    const text = shown("x".repeat(1 << 20));
    expect(text.length).toBeLessThan(ENTRY_CHARACTERS_MAX + 50);
    expect(text).toContain("more characters");
  });
});
