import { beforeEach, describe, expect, it } from "vitest";
import { latencies } from "../../src/state";
import { Sights } from "../../src/timeline/sights";
import { Timeline } from "../../src/timeline/timeline";

beforeEach(() => {
  latencies.value = [];
});

function spoken() {
  const timeline = new Timeline(0);
  const sights = new Sights(timeline);
  for (let index = 0; index < 200; index++) sights.sent.add(2 + index * 0.02, 0.02);
  sights.see({ type: "hello", at: 1 }, 3);
  sights.see({ type: "speech", at: 1.5, position: 0.5 }, 3.5);
  return { timeline, sights };
}

describe("what the server sees", () => {
  it("is placed by the sound it was seen in, or by the server's clock", () => {
    const { timeline, sights } = spoken();
    sights.see({ type: "window", at: 1.6, position: 0.6, probability: 0.9 }, 3.6);
    sights.see({ type: "judged", at: 2, pause: 1, probability: 0.83 }, 4.2);
    expect([...timeline.activity]).toEqual([{ at: expect.closeTo(2.6), value: 0.9 }]);
    expect([...timeline.marks]).toEqual([
      expect.objectContaining({ kind: "judged", at: 4, text: "end of turn? 83 %" }),
    ]);
  });

  it("gives the wait its length and its stages", () => {
    const { timeline, sights } = spoken();
    sights.see({ type: "decided", at: 2.4, position: 1.5 }, 4.4);
    sights.see(
      { type: "turn", at: 2.5, turn: 1, drafted: true, wordsMs: 0, tokenMs: 12.4, clauseMs: 30, voiceMs: 8 },
      4.5,
    );
    sights.sounds(4.1);
    sights.sounds(4.3);
    expect(latencies.value).toEqual([600]);
    const waits = [...timeline.spans].filter(({ kind }) => kind === "wait");
    expect(waits).toHaveLength(1);
    expect(waits[0]?.text).toBe("600 ms: words 0 · token 12 · clause 30 · voice 8");
    const speech = timeline.spans[Symbol.iterator]().next().value;
    expect(speech).toMatchObject({ kind: "speech", from: expect.closeTo(2.5), to: expect.closeTo(3.5) });
  });

  it("ends a wait that nothing answers, and counts none", () => {
    const { timeline, sights } = spoken();
    sights.see({ type: "decided", at: 2.4, position: 1.5 }, 4.4);
    sights.over(6);
    sights.sounds(30);
    expect(latencies.value).toEqual([]);
    expect(timeline.latest("wait")).toMatchObject({ to: 6, text: "no answer" });
    sights.see({ type: "decided", at: 8, position: 1.5 }, 10);
    sights.see({ type: "speech", at: 9, position: 2 }, 11);
    sights.sounds(12);
    expect(latencies.value).toEqual([]);
  });

  it("shows a draft that was thrown away", () => {
    const { timeline, sights } = spoken();
    sights.see({ type: "drafted", at: 2 }, 4);
    sights.see({ type: "withdrawn", at: 2.2 }, 4.2);
    expect([...timeline.spans].at(-1)).toMatchObject({ kind: "draft", from: 4, to: expect.closeTo(4.2) });
    expect([...timeline.marks].at(-1)?.kind).toBe("wasted");
  });
});
