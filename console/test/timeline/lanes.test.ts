import { describe, expect, it } from "vitest";
import { Lanes, RULER_HEIGHT } from "../../src/timeline/lanes";
import { Timeline } from "../../src/timeline/timeline";

const names = (timeline: Timeline) => Lanes.of(timeline).all.map(({ name }) => name);

describe("lanes", () => {
  it("are there when there is something to see in them", () => {
    const timeline = new Timeline(0);
    expect(names(timeline)).toEqual(["you", "heard", "waited", "model", "said", "connection"]);
    timeline.mark("judged", 1, "98 %");
    timeline.put("thought", 1, 2, "hm");
    timeline.begin("call", 1);
    expect(names(timeline)).toEqual([
      "you",
      "heard",
      "turn",
      "waited",
      "model",
      "said",
      "thought",
      "tools",
      "connection",
    ]);
  });

  it("lie below one another", () => {
    const { all, height } = Lanes.of(new Timeline(0));
    let top = RULER_HEIGHT;
    for (const lane of all) {
      expect(lane.top).toBe(top);
      top += lane.height;
    }
    expect(height).toBe(top);
  });

  it("are not to be drawn in when they are not there", () => {
    expect(() => Lanes.of(new Timeline(0)).lane("tools")).toThrow("tools");
  });
});
