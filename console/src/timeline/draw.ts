/** Paints the timeline on a canvas: one call a frame, whatever has happened. */

import { backgrounds, bars } from "./bars";
import { chips } from "./chips";
import { FONT, type Frame } from "./frame";
import { type LaneName, RULER_HEIGHT } from "./lanes";
import { marks } from "./marks";
import type { Timeline } from "./timeline";
import { voices } from "./voices";

const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800];
const LABEL_GAP = 70;

export function draw(frame: Frame, timeline: Timeline): void {
  const { context, width, names, lanes } = frame;
  ground(frame);
  frame.within(names, 0, width - names, lanes.height, () => {
    ruler(frame);
    backgrounds(frame, timeline);
    voices(frame, timeline);
    bars(frame, timeline);
    chips(frame, timeline);
    marks(frame, timeline);
    frame.line(frame.x(frame.now), 0, frame.x(frame.now), lanes.height, frame.palette.faint);
  });
  context.textAlign = names ? "right" : "left";
  named(frame);
  context.textAlign = "left";
}

function ground({ context, width, lanes, palette }: Frame): void {
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, lanes.height);
  context.fillStyle = palette.stripe;
  for (const [index, lane] of lanes.all.entries()) if (index % 2) context.fillRect(0, lane.top, width, lane.height);
}

function ruler(frame: Frame): void {
  const { context, left, right, palette, lanes } = frame;
  const step = STEPS_S.find((step) => step * frame.pixelsPerS > LABEL_GAP) ?? 3_600;
  context.font = FONT;
  context.textBaseline = "middle";
  for (let at = Math.max(0, Math.ceil(left / step) * step); at < right; at += step) {
    const x = Math.round(frame.x(at)) + 0.5;
    frame.line(x, RULER_HEIGHT - 4, x, lanes.height, palette.line);
    context.fillStyle = palette.faint;
    context.fillText(clock(at, step), x, RULER_HEIGHT / 2);
  }
}

/** A time as minutes and seconds, no finer than the steps. */
export function clock(at: number, step: number): string {
  const seconds = (at % 60).toFixed(step < 1 ? 1 : 0);
  return `${Math.floor(at / 60)}:${seconds.padStart(step < 1 ? 4 : 2, "0")}`;
}

/** The lanes' names; where there is no column for them, only those of the voices. */
function named({ context, lanes, palette, names }: Frame): void {
  context.font = FONT;
  context.textBaseline = "middle";
  const colours: Partial<Record<LaneName, string>> = { you: palette.user, model: palette.model };
  for (const { name, top, height } of lanes.all) {
    context.fillStyle = colours[name] ?? palette.faint;
    if (names) context.fillText(name, names - 10, top + height / 2);
    else if (colours[name]) context.fillText(name, 4, top + 9);
  }
}
