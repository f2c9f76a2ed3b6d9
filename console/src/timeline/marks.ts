/** Moments: a dot each, with its name beside it where there is room; the few that matter most go through all lanes. */

import { FONT, type Frame } from "./frame";
import { LANE_OF_MARK, type LaneName } from "./lanes";
import type { Mark, MarkKind, Timeline } from "./timeline";

const RADIUS = 4.5;
const GAP = 4;
const LABEL_CHARACTERS = 60;
/** Words beside the dot; of the others the hover tells. */
const LABELS: Partial<Record<MarkKind, (mark: Mark) => string>> = {
  judged: ({ text }) => /\d+ %/.exec(text)?.[0] ?? "",
  decided: () => "decided",
  wasted: () => "thrown away",
  token: () => "token",
  clause: () => "clause",
  sound: () => "sound",
  interrupted: () => "interrupted",
  shown: () => "picture",
  connection: ({ text }) => text,
  trouble: ({ text }) => text,
};

export function marks(frame: Frame, timeline: Timeline): void {
  frame.context.font = FONT;
  const next: Partial<Record<LaneName, number>> = {};
  for (const mark of timeline.marks.latest()) {
    const lane = LANE_OF_MARK[mark.kind];
    const behind = next[lane] ?? frame.width;
    if (mark.at > frame.right || frame.passed(mark.at, behind) || !frame.lanes.has(lane)) continue;
    const x = frame.x(mark.at);
    if (mark.kind === "interrupted") cut(frame, x);
    dot(frame, mark, lane, x, behind);
    next[lane] = x;
  }
}

function dot(frame: Frame, mark: Mark, name: LaneName, x: number, behind: number): void {
  const { context, palette, lanes } = frame;
  const lane = lanes.lane(name);
  const middle = lane.top + lane.height / 2 - (name === "connection" ? 3 : 0);
  context.fillStyle = palette.marks[mark.kind];
  context.beginPath();
  context.arc(x, middle, RADIUS, 0, 2 * Math.PI);
  context.fill();
  const { at, text, raw } = mark;
  frame.spots.push({ x: x - RADIUS, y: middle - RADIUS, width: 2 * RADIUS, height: 2 * RADIUS, at, text, raw });
  const label = (LABELS[mark.kind]?.(mark) ?? "").slice(0, LABEL_CHARACTERS);
  const from = x + RADIUS + GAP;
  if (!label || from + context.measureText(label).width > behind - 2 * RADIUS) return;
  context.fillStyle = palette.faint;
  context.textBaseline = "middle";
  context.fillText(label, from, middle);
}

/** Where the model was cut off. */
function cut(frame: Frame, x: number): void {
  const { context, palette, lanes } = frame;
  const top = lanes.lane("you").top;
  context.setLineDash([4, 3]);
  frame.line(x, top, x, lanes.height, palette.alert, 1.4);
  context.setLineDash([]);
  context.fillStyle = palette.alert;
  context.beginPath();
  context.moveTo(x - 5, top);
  context.lineTo(x + 5, top);
  context.lineTo(x, top + 8);
  context.fill();
}
