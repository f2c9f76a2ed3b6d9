/** The two voices, and how sure the server was that it heard one. */

import type { Frame } from "./frame";
import type { Lane } from "./lanes";
import type { Timeline } from "./timeline";
import type { Wave } from "./wave";

const MARGIN = 6;
/** Between windows that belong to one line. */
const GAP_S = 0.2;

export function voices(frame: Frame, timeline: Timeline): void {
  const { lanes, palette } = frame;
  wave(frame, timeline.user, lanes.lane("you"), palette.user);
  wave(frame, timeline.model, lanes.lane("model"), palette.model);
  probability(frame, timeline, lanes.lane("you"));
}

function wave(frame: Frame, wave: Wave, lane: Lane, colour: string): void {
  const { context, width, palette, names } = frame;
  const half = lane.height / 2 - MARGIN;
  const middle = lane.top + lane.height / 2;
  context.fillStyle = palette.line;
  context.fillRect(names, middle, width - names, 1);
  context.fillStyle = colour;
  for (let x = names; x < width; x++) {
    const [low, high] = wave.range(frame.at(x), frame.at(x + 1));
    if (high <= 0 && low >= 0) continue;
    const [top, bottom] = [visible(high) * half, visible(low) * half];
    context.fillRect(x, middle - top, 1, Math.max(1, top - bottom));
  }
}

/** A voice is rarely loud: the soft half of it gets more than half of the height. */
function visible(level: number): number {
  return Math.sign(level) * Math.sqrt(Math.abs(level));
}

function probability(frame: Frame, timeline: Timeline, lane: Lane): void {
  const { context, palette } = frame;
  const height = lane.height - MARGIN;
  context.strokeStyle = palette.activity;
  context.lineWidth = 1.25;
  context.beginPath();
  let before = Number.POSITIVE_INFINITY;
  for (const { at, value } of timeline.activity.latest()) {
    if (at > frame.right) continue;
    const [x, y] = [frame.x(at), lane.top + MARGIN / 2 + height * (1 - value)];
    if (before - at > GAP_S) context.moveTo(x, y);
    else context.lineTo(x, y);
    before = at;
    if (at < frame.left) break;
  }
  context.stroke();
}
