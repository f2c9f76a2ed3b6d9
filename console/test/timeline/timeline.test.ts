import { describe, expect, it } from "vitest";
import { Timeline } from "../../src/timeline/timeline";

const texts = (timeline: Timeline) => [...timeline.words].map(({ text, unheard }) => [text, unheard]);

describe("words", () => {
  it("grow while they come one behind the other, and end with the turn", () => {
    const timeline = new Timeline(0);
    timeline.grow("said", 1, 1, "It is");
    timeline.sounds(2);
    timeline.grow("said", 2, 2, " near.");
    timeline.sounds(3);
    timeline.turnOver();
    timeline.grow("said", 3, 3, "Yes.");
    expect([...timeline.words]).toEqual([
      expect.objectContaining({ kind: "said", from: 1, to: 3, text: "It is near.", unheard: "" }),
      expect.objectContaining({ kind: "said", from: 3, to: 3, text: "Yes.", unheard: "" }),
    ]);
  });

  it("are apart after a pause, and of each kind by themselves", () => {
    const timeline = new Timeline(0);
    timeline.grow("heard", 1, 2, "One.");
    timeline.grow("said", 2.1, 3, "Two.");
    timeline.grow("heard", 4, 5, "Three.");
    expect(texts(timeline)).toEqual([
      ["One.", ""],
      ["Two.", ""],
      ["Three.", ""],
    ]);
  });

  it("are unheard from where the model was cut off", () => {
    const timeline = new Timeline(0);
    timeline.grow("said", 0, 2, "early.");
    timeline.turnOver();
    timeline.grow("said", 10, 14, "one two three four");
    timeline.grow("said", 14, 16, " five");
    timeline.hush(12);
    expect(texts(timeline)).toEqual([
      ["early.", ""],
      ["one two ", "three four five"],
    ]);
  });
});

describe("words that are cut off", () => {
  const cut = (at: number, ...pieces: [from: number, to: number, text: string][]) => {
    const timeline = new Timeline(0);
    for (const [from, to, text] of pieces) {
      timeline.grow("said", from, from, text);
      timeline.sounds(to);
    }
    timeline.hush(at);
    return texts(timeline)[0];
  };
  const LONG = "seventeen words that were sent long before they were to be heard by anybody who listens here today";

  it("are divided piece by piece", () => {
    expect(cut(1.9, [0, 2, "Yes. "], [2, 2.6, LONG])).toEqual(["Yes. ", LONG]);
    expect(cut(2.5, [0, 2, "Yes. "], [2, 2.6, LONG])?.[0]).toBe("Yes. seventeen ");
  });

  it("are divided between letters where there are no spaces", () => {
    expect(cut(2, [0, 4, "一二三四五六七八"])).toEqual(["一二三四", "五六七八"]);
  });
});

describe("a stretch", () => {
  it("ends where the next of its kind begins", () => {
    const timeline = new Timeline(0);
    timeline.begin("draft", 1);
    timeline.begin("draft", 2);
    expect([...timeline.spans].map(({ to }) => to)).toEqual([2, null]);
    expect(timeline.open("wait")).toBeNull();
    expect(timeline.end("draft", 1.5)?.to).toBe(2);
  });
});
