/** What was said, where it was said: a bar as long as it took, with the words in it. */

import { FONT, type Frame } from "./frame";
import { LANE_OF_WORDS, type LaneName } from "./lanes";
import { whenSpoken } from "./spread";
import type { Timeline, Words, WordsKind } from "./timeline";

const MARGIN = 3;
const PADDING = 8;
const EDGE = 3;
const GAP = 6;
/** How much of the text a spot shows. */
const SPOT_CHARACTERS = 600;

interface Colours {
  edge: string;
  soft: string;
}

export function chips(frame: Frame, timeline: Timeline): void {
  const { palette, context } = frame;
  const colours: Record<WordsKind, Colours> = {
    heard: { edge: palette.user, soft: palette.userSoft },
    wrote: { edge: palette.user, soft: palette.userSoft },
    said: { edge: palette.model, soft: palette.modelSoft },
    thought: { edge: palette.thought, soft: palette.thoughtSoft },
  };
  context.font = FONT;
  context.textBaseline = "middle";
  const next: Partial<Record<LaneName, number>> = {};
  for (const words of timeline.words.latest()) {
    const lane = LANE_OF_WORDS[words.kind];
    const behind = next[lane] ?? frame.width;
    if (words.from > frame.right || frame.passed(words.to, behind)) continue;
    const from = frame.x(words.from);
    // What was understood late stands before what was written meanwhile.
    chip(frame, words, colours[words.kind], from, behind > from ? behind : frame.width);
    next[lane] = from;
  }
}

/** The bar is as long as it took to say; the text may run on to the next one. */
function chip(frame: Frame, words: Words, { edge, soft }: Colours, from: number, behind: number): void {
  const { context, lanes, palette } = frame;
  const lane = lanes.lane(LANE_OF_WORDS[words.kind]);
  const [top, height] = [lane.top + MARGIN, lane.height - 2 * MARGIN];
  const said = frame.x(words.to) - from;
  const text = words.kind === "wrote" ? `✎ ${words.text}` : words.text;
  const heard = context.measureText(text).width;
  const whole = heard + (words.unheard ? context.measureText(words.unheard).width + GAP : 0);
  const room = Math.max(said, Math.min(whole + 2 * PADDING, behind - from - GAP));
  if (from + room < frame.names || room <= 0) return;
  frame.spots.push(spotOf(words, from, top, room, height));
  frame.within(from, top, room, height, () => {
    frame.box(from, top, Math.max(EDGE, said), height, soft);
    frame.box(from, top, EDGE, height, edge, 1.5);
    const middle = top + height / 2 + 0.5;
    context.fillStyle = palette.text;
    if (said > heard * 1.1 + 2 * PADDING) spread(frame, words, middle);
    else context.fillText(text, from + PADDING, middle);
    if (words.unheard) struck(frame, words.unheard, from + Math.max(said, heard + PADDING) + GAP, middle);
  });
}

/** Each word where it was said, about. */
function spread(frame: Frame, words: Words, y: number): void {
  const { context } = frame;
  let taken = frame.x(words.from) + PADDING;
  for (const { 0: word, index } of words.text.matchAll(/\S+\s*/g)) {
    const x = Math.max(taken, frame.x(whenSpoken(words, index)));
    context.fillText(word, x, y);
    taken = x + context.measureText(word).width;
  }
}

function struck({ context, palette }: Frame, text: string, x: number, y: number): void {
  context.fillStyle = palette.faint;
  context.fillText(text, x, y);
  const width = context.measureText(text).width;
  context.fillRect(x, y, width, 1);
}

function spotOf(words: Words, x: number, y: number, width: number, height: number) {
  const names: Record<WordsKind, string> = { heard: "heard", wrote: "written", said: "said", thought: "thought" };
  const unheard = words.unheard && ` [not heard: ${words.unheard}]`;
  const raw = (words.text + unheard).slice(0, SPOT_CHARACTERS);
  return { x, y, width, height, at: words.from, text: names[words.kind], raw };
}
