/** Paints the timeline on a canvas: one call a frame, whatever has happened. */

import type { Mark, MarkKind, SpanKind, Timeline } from "./timeline";
import type { View } from "./view";
import type { Wave } from "./wave";

export interface Palette {
  ground: string;
  line: string;
  text: string;
  faint: string;
  user: string;
  model: string;
  activity: string;
  spans: Record<SpanKind, string>;
  marks: Record<MarkKind, string>;
}

/** Heights in CSS pixels, from the top. */
export const ROWS = {
  ruler: { top: 0, height: 22 },
  user: { top: 26, height: 74 },
  userWords: { top: 102, height: 18 },
  events: { top: 126, height: 26 },
  wait: { top: 156, height: 20 },
  model: { top: 182, height: 74 },
  modelWords: { top: 258, height: 18 },
} as const;
export const HEIGHT = 280;

/** A mark is found this far from where it is drawn, in pixels. */
const REACH = 6;
const STEPS_S = [0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 120, 300];
const LABEL_GAP = 70;

type Row = { top: number; height: number };

export interface Frame {
  context: CanvasRenderingContext2D;
  width: number;
  /** Seconds at the left and the right edge. */
  left: number;
  right: number;
  palette: Palette;
}

export function frameOf(
  context: CanvasRenderingContext2D,
  width: number,
  view: View,
  now: number,
  palette: Palette,
): Frame {
  const right = view.right(now);
  return { context, width, left: right - view.span, right, palette };
}

export function draw(frame: Frame, timeline: Timeline, now: number): void {
  const { context, width, palette } = frame;
  context.fillStyle = palette.ground;
  context.fillRect(0, 0, width, HEIGHT);
  ruler(frame);
  spans(frame, timeline, now);
  wave(frame, timeline.user, ROWS.user, palette.user);
  probability(frame, timeline);
  wave(frame, timeline.model, ROWS.model, palette.model);
  words(frame, timeline);
  marks(frame, timeline);
  present(frame, now);
  title(frame, ROWS.user, "you", palette.user);
  title(frame, ROWS.model, "antiphon", palette.model);
}

/** The mark nearest to a point, if one is there. */
export function markAt(frame: Frame, timeline: Timeline, x: number, y: number): Mark | null {
  if (y < ROWS.events.top - REACH || y > ROWS.events.top + ROWS.events.height + REACH) return null;
  let found: Mark | null = null;
  let nearest = REACH;
  for (const mark of timeline.marks.latest()) {
    const distance = Math.abs(xOf(frame, mark.at) - x);
    if (distance < nearest) [found, nearest] = [mark, distance];
  }
  return found;
}

function xOf({ left, right, width }: Frame, at: number): number {
  return ((at - left) / (right - left)) * width;
}

function ruler(frame: Frame): void {
  const { context, width, left, right, palette } = frame;
  const step = STEPS_S.find((step) => (step / (right - left)) * width > LABEL_GAP) ?? 600;
  context.font = "11px system-ui, sans-serif";
  context.textBaseline = "middle";
  for (let at = Math.max(0, Math.ceil(left / step) * step); at < right; at += step) {
    const x = Math.round(xOf(frame, at)) + 0.5;
    context.strokeStyle = palette.line;
    line(context, x, ROWS.ruler.height, x, HEIGHT);
    context.fillStyle = palette.faint;
    context.fillText(clock(at, step), x + 3, ROWS.ruler.height / 2);
  }
}

/** A time as minutes and seconds, no finer than the steps. */
export function clock(at: number, step: number): string {
  const seconds = (at % 60).toFixed(step < 1 ? 1 : 0);
  return `${Math.floor(at / 60)}:${seconds.padStart(step < 1 ? 4 : 2, "0")}`;
}

function spans(frame: Frame, timeline: Timeline, now: number): void {
  const rows: Record<SpanKind, Row> = { speech: ROWS.user, draft: ROWS.events, wait: ROWS.wait, reply: ROWS.model };
  const { context, palette } = frame;
  context.font = "11px system-ui, sans-serif";
  for (const span of timeline.spans) {
    const to = span.to ?? now;
    if (to < frame.left || span.from > frame.right) continue;
    const [from, behind] = [xOf(frame, span.from), xOf(frame, to)];
    const row = rows[span.kind];
    context.fillStyle = palette.spans[span.kind];
    context.fillRect(from, row.top, Math.max(1, behind - from), row.height);
    if (span.kind !== "wait") continue;
    context.fillStyle = palette.text;
    context.fillText(fitting(context, span.text, behind - from - 6), from + 3, row.top + row.height / 2);
  }
}

/** The whole text where there is room for it, else its beginning up to a colon. */
function fitting(context: CanvasRenderingContext2D, text: string, width: number): string {
  return context.measureText(text).width <= width ? text : (text.split(":", 1)[0] ?? "");
}

function wave(frame: Frame, wave: Wave, row: Row, colour: string): void {
  const { context, width, left, right, palette } = frame;
  const middle = row.top + row.height / 2;
  context.fillStyle = palette.line;
  context.fillRect(0, middle, width, 1);
  context.fillStyle = colour;
  const step = (right - left) / width;
  for (let x = 0; x < width; x++) {
    const [low, high] = wave.range(left + x * step, left + (x + 1) * step).map(visible) as [number, number];
    if (high > 0 || low < 0)
      context.fillRect(x, middle - (high * row.height) / 2, 1, Math.max(1, ((high - low) * row.height) / 2));
  }
}

/** A voice is rarely loud: the soft half of it gets more than half of the height. */
function visible(level: number): number {
  return Math.sign(level) * Math.sqrt(Math.abs(level));
}

function probability(frame: Frame, timeline: Timeline): void {
  const { context, palette } = frame;
  context.strokeStyle = palette.activity;
  context.beginPath();
  let before = Number.POSITIVE_INFINITY;
  for (const { at, value } of timeline.activity.latest()) {
    if (at > frame.right) continue;
    const y = ROWS.user.top + ROWS.user.height * (1 - value);
    if (before - at > 0.2) context.moveTo(xOf(frame, at), y);
    else context.lineTo(xOf(frame, at), y);
    before = at;
    if (at < frame.left) break;
  }
  context.stroke();
}

function words(frame: Frame, timeline: Timeline): void {
  const { context, palette } = frame;
  context.font = "12px system-ui, sans-serif";
  context.fillStyle = palette.text;
  const taken = { user: Number.NEGATIVE_INFINITY, model: Number.NEGATIVE_INFINITY };
  for (const { who, at, text } of timeline.words) {
    if (at < frame.left - 30 || at > frame.right) continue;
    const row = who === "user" ? ROWS.userWords : ROWS.modelWords;
    const x = Math.max(xOf(frame, at), taken[who]);
    context.fillText(text, x, row.top + row.height / 2);
    taken[who] = x + context.measureText(text).width + 4;
  }
}

function marks(frame: Frame, timeline: Timeline): void {
  const { context, palette } = frame;
  const middle = ROWS.events.top + ROWS.events.height / 2;
  for (const { kind, at } of timeline.marks) {
    if (at < frame.left || at > frame.right) continue;
    const x = xOf(frame, at);
    context.strokeStyle = context.fillStyle = palette.marks[kind];
    line(context, x, ROWS.user.top, x, ROWS.model.top + ROWS.model.height);
    context.beginPath();
    context.arc(x, middle, 4, 0, 2 * Math.PI);
    context.fill();
  }
}

function title({ context }: Frame, row: Row, text: string, colour: string): void {
  context.font = "600 11px system-ui, sans-serif";
  context.fillStyle = colour;
  context.fillText(text, 4, row.top + 8);
}

function present(frame: Frame, now: number): void {
  const x = xOf(frame, now);
  frame.context.strokeStyle = frame.palette.faint;
  line(frame.context, x, ROWS.ruler.height, x, HEIGHT);
}

function line(context: CanvasRenderingContext2D, x: number, y: number, toX: number, toY: number): void {
  context.beginPath();
  context.moveTo(x, y);
  context.lineTo(toX, toY);
  context.stroke();
}
