/** One painting of the timeline: where a time lies on the canvas, and what lies under a point of it. */

import type { Lanes } from "./lanes";
import type { MarkKind } from "./timeline";
import type { View } from "./view";

export interface Palette {
  ground: string;
  stripe: string;
  line: string;
  text: string;
  faint: string;
  user: string;
  userSoft: string;
  model: string;
  modelSoft: string;
  activity: string;
  draft: string;
  wait: string;
  waitSoft: string;
  thought: string;
  thoughtSoft: string;
  call: string;
  callSoft: string;
  alert: string;
  marks: Record<MarkKind, string>;
}

/** Something that tells more when it is pointed at; in CSS pixels. */
export interface Spot {
  x: number;
  y: number;
  width: number;
  height: number;
  at: number;
  text: string;
  raw: string;
}

export const FONT = "12px system-ui, sans-serif";
export const BOLD = "600 12px system-ui, sans-serif";
/** Left of the time, for the lanes' names; on a narrow page they stand in the lanes. */
const NAMES_WIDTH = 84;
const NARROW = 640;
/** A spot is found this far from where it is drawn, in pixels. */
const REACH = 4;

export class Frame {
  readonly spots: Spot[] = [];
  readonly names: number;
  readonly left: number;
  readonly right: number;

  constructor(
    readonly context: CanvasRenderingContext2D,
    readonly width: number,
    readonly lanes: Lanes,
    readonly palette: Palette,
    view: View,
    readonly now: number,
  ) {
    this.names = width < NARROW ? 0 : NAMES_WIDTH;
    this.right = view.right(now);
    this.left = this.right - view.span;
  }

  get pixelsPerS(): number {
    return (this.width - this.names) / (this.right - this.left);
  }

  x(at: number): number {
    return this.names + (at - this.left) * this.pixelsPerS;
  }

  at(x: number): number {
    return this.left + (x - this.names) / this.pixelsPerS;
  }

  /** Whether any of a stretch is to be seen. */
  sees(from: number, to: number): boolean {
    return to >= this.left && from <= this.right;
  }

  /** Whether nothing of it is to be seen, nor of a text that may run on to `behind`, in pixels. */
  passed(to: number, behind: number): boolean {
    return to < this.left && behind <= this.names;
  }

  line(x: number, y: number, toX: number, toY: number, colour: string, width = 1): void {
    const { context } = this;
    context.strokeStyle = colour;
    context.lineWidth = width;
    context.beginPath();
    context.moveTo(x, y);
    context.lineTo(toX, toY);
    context.stroke();
  }

  box(x: number, y: number, width: number, height: number, colour: string, radius = 4): void {
    const { context } = this;
    context.fillStyle = colour;
    context.beginPath();
    context.roundRect(x, y, width, height, radius);
    context.fill();
  }

  /** Draw with everything outside of a box cut away. */
  within(x: number, y: number, width: number, height: number, work: () => void): void {
    const { context } = this;
    if (width <= 0) return;
    context.save();
    context.beginPath();
    context.rect(x, y, width, height);
    context.clip();
    work();
    context.restore();
  }

  /** What lies under a point: of several, what was painted last. */
  spotAt(x: number, y: number): Spot | null {
    const found = this.spots.findLast(
      (spot) =>
        x >= spot.x - REACH &&
        x <= spot.x + spot.width + REACH &&
        y >= spot.y - REACH &&
        y <= spot.y + spot.height + REACH,
    );
    return found ?? null;
  }
}
