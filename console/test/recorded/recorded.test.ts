import { describe, expect, it } from "vitest";
import { type Recorded, timelineOf } from "../../src/recorded/recorded";

const said = (start_s: number, end_s: number, text: string, unheard = "") => ({ start_s, end_s, text, unheard });

const RECORDED: Recorded = {
  title: "talk.jsonl",
  facts: [],
  rows: [],
  session: {
    seconds: 10,
    speech: [
      { start_s: 1, end_s: 2 },
      { start_s: 6, end_s: 7 },
    ],
    wrote: [said(5, 5, "by hand")],
    heard: [said(2.3, 2.4, "first"), said(2.5, 2.6, "more of it"), said(7.2, 7.2, "second")],
    thoughts: [said(2.5, 2.6, "hm")],
    said: [said(3, 4, "one", " two")],
    calls: [{ start_s: 8, end_s: null, told: "f()" }],
    marks: [
      { at_s: 4, kind: "interrupted", text: "" },
      { at_s: 9, kind: "connection lost", text: "gone" },
    ],
    connected: [{ start_s: 0, end_s: 9 }],
    turns: [
      { asked_s: 2, first_s: 3, latency_ms: 1_000 },
      { asked_s: null, first_s: 5, latency_ms: null },
    ],
  },
  peaks: { user: btoa(String.fromCharCode(...new Array(100).fill(0), 255)), model: "" },
  sound: null,
};

describe("a recorded session", () => {
  const timeline = timelineOf(RECORDED);

  it("has its words in the order of their time, what was heard where it was spoken", () => {
    expect([...timeline.words].map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ["heard", 1, 2],
      ["heard", 2.5, 2.6],
      ["thought", 2.5, 2.6],
      ["said", 3, 4],
      ["wrote", 5, 5],
      ["heard", 6, 7],
    ]);
    expect([...timeline.words].find(({ kind }) => kind === "said")?.unheard).toBe(" two");
  });

  it("has waits only where something was waited for", () => {
    const waits = [...timeline.spans].filter(({ kind }) => kind === "wait");
    expect(waits).toEqual([{ kind: "wait", from: 2, to: 3, text: "1000 ms", raw: "" }]);
  });

  it("ends with what nobody answered", () => {
    expect(timeline.latest("call")).toMatchObject({ from: 8, to: 10, text: "f()" });
  });

  it("tells trouble apart", () => {
    expect([...timeline.marks].map(({ kind, text }) => [kind, text])).toEqual([
      ["interrupted", "interrupted"],
      ["trouble", "connection lost gone"],
    ]);
  });

  it("is loud where its outline is", () => {
    expect(timeline.user.range(0, 1.99)).toEqual([0, 0]);
    expect(timeline.user.range(2, 2.02)[1]).toBe(1);
    expect(timeline.user.range(2, 2.02)[0]).toBeLessThan(-0.9);
  });
});
