/** Stretches of time: speech, drafts, waits, calls, the connection. */

import { BOLD, FONT, type Frame } from "./frame";
import type { Lane } from "./lanes";
import type { Span, SpanKind, Timeline } from "./timeline";

const MARGIN = 3;
const PADDING = 8;
/** Half of a wait's bracket. */
const BRACKET = 6;
const CODE = "12px ui-monospace, monospace";

/** Below all else. */
export function backgrounds(frame: Frame, timeline: Timeline): void {
  const { palette, lanes } = frame;
  const [you, said] = [lanes.lane("you"), lanes.lane("said")];
  for (const span of timeline.spans) {
    const to = span.to ?? frame.now;
    if (!frame.sees(span.from, to)) continue;
    const [x, width] = [frame.x(span.from), frame.x(to) - frame.x(span.from)];
    if (span.kind === "speech") frame.box(x, you.top + MARGIN, width, you.height - 2 * MARGIN, palette.userSoft, 6);
    if (span.kind === "wait") frame.box(x, you.top, width, said.top + said.height - you.top, palette.waitSoft, 0);
  }
}

export function bars(frame: Frame, timeline: Timeline): void {
  const paint: Partial<Record<SpanKind, Paint>> = { draft, wait, call, connected };
  const next: Partial<Record<SpanKind, number>> = {};
  for (const span of timeline.spans.latest()) {
    const [to, behind] = [span.to ?? frame.now, next[span.kind] ?? frame.width];
    if (span.from > frame.right || frame.passed(to, behind)) continue;
    paint[span.kind]?.(frame, span, to, behind);
    next[span.kind] = frame.x(span.from);
  }
}

/** `behind` is where the next of its kind begins, in pixels. */
type Paint = (frame: Frame, span: Span, to: number, behind: number) => void;

function draft(frame: Frame, span: Span, to: number): void {
  const lane = frame.lanes.lane("turn");
  spotted(frame, span, to, lane);
  const x = frame.x(span.from);
  frame.box(x, lane.top + MARGIN, Math.max(2, frame.x(to) - x), lane.height - 2 * MARGIN, frame.palette.draft);
}

/** A bracket, in it or behind it how long, and then in what stages. */
function wait(frame: Frame, span: Span, to: number, behind: number): void {
  const { context, palette } = frame;
  const lane = frame.lanes.lane("waited");
  const middle = lane.top + lane.height / 2;
  const [from, end] = [frame.x(span.from), frame.x(to)];
  spotted(frame, span, to, lane);
  frame.line(from, middle, end, middle, palette.wait, 1.8);
  frame.line(from, middle - BRACKET, from, middle + BRACKET, palette.wait, 1.8);
  frame.line(end, middle - BRACKET, end, middle + BRACKET, palette.wait, 1.8);
  const [length = "", stages = ""] = span.text.split(":", 2);
  context.font = BOLD;
  const width = context.measureText(length).width;
  const inside = end - from > width + 4 * PADDING;
  const x = inside ? (from + end - width) / 2 : end + PADDING;
  if (inside) frame.box(x - PADDING, middle - BRACKET, width + 2 * PADDING, 2 * BRACKET, palette.ground);
  text(frame, length, x, middle, palette.wait);
  context.font = FONT;
  const rest = inside ? end + PADDING : x + width + PADDING;
  frame.within(rest, lane.top, behind - rest, lane.height, () =>
    text(frame, stages.trim(), rest, middle, palette.faint),
  );
}

function call(frame: Frame, span: Span, to: number, behind: number): void {
  const { context, palette } = frame;
  const lane = frame.lanes.lane("tools");
  const [x, top, height] = [frame.x(span.from), lane.top + MARGIN, lane.height - 2 * MARGIN];
  spotted(frame, span, to, lane);
  frame.box(x, top, Math.max(3, frame.x(to) - x), height, palette.callSoft);
  frame.box(x, top, 3, height, palette.call, 1.5);
  context.font = CODE;
  frame.within(x, top, behind - x, height, () => text(frame, span.text, x + PADDING, top + height / 2, palette.text));
}

function text({ context }: Frame, text: string, x: number, middle: number, colour: string): void {
  context.textBaseline = "middle";
  context.fillStyle = colour;
  context.fillText(text, x, middle);
}

function connected(frame: Frame, span: Span, to: number): void {
  const lane = frame.lanes.lane("connection");
  const x = frame.x(span.from);
  frame.box(x, lane.top + lane.height - 8, frame.x(to) - x, 3, frame.palette.activity, 1.5);
}

function spotted(frame: Frame, { from, text, raw, kind }: Span, to: number, { top, height }: Lane): void {
  const x = frame.x(from);
  const named = kind === "wait" ? `waited ${text}` : text;
  frame.spots.push({ x, y: top, width: frame.x(to) - x, height, at: from, text: named, raw });
}
