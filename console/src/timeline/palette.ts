/** The colours of the page's style, for the canvas; looked up again when the scheme changes. */

import type { Palette } from "./draw";

const dark = matchMedia("(prefers-color-scheme: dark)");
let found: { palette: Palette; dark: boolean } | null = null;

export function paletteOf(element: Element): Palette {
  if (found?.dark !== dark.matches) found = { palette: read(element), dark: dark.matches };
  return found.palette;
}

function read(element: Element): Palette {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(`--${name}`).trim();
  return {
    ground: colour("panel"),
    line: colour("line"),
    text: colour("text"),
    faint: colour("faint"),
    user: colour("user"),
    model: colour("model"),
    activity: colour("activity"),
    spans: { speech: colour("user-soft"), draft: colour("draft"), wait: colour("wait"), reply: colour("model-soft") },
    marks: {
      judged: colour("activity"),
      decided: colour("user"),
      wasted: colour("faint"),
      token: colour("model-soft-mark"),
      clause: colour("model-soft-mark"),
      sound: colour("model"),
      interrupted: colour("alert"),
      complete: colour("faint"),
      call: colour("call"),
      connection: colour("text"),
    },
  };
}
