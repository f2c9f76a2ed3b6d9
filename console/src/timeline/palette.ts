/** The colours of the page's style, for the canvas; looked up again when the scheme changes. */

import type { Palette } from "./frame";

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
    stripe: colour("stripe"),
    line: colour("line"),
    text: colour("text"),
    faint: colour("faint"),
    user: colour("user"),
    userSoft: colour("user-soft"),
    model: colour("model"),
    modelSoft: colour("model-soft"),
    activity: colour("activity"),
    draft: colour("draft"),
    wait: colour("wait"),
    waitSoft: colour("wait-soft"),
    thought: colour("thought"),
    thoughtSoft: colour("thought-soft"),
    call: colour("call"),
    callSoft: colour("call-soft"),
    alert: colour("alert"),
    marks: {
      judged: colour("activity"),
      decided: colour("user"),
      wasted: colour("faint"),
      token: colour("model-mark"),
      clause: colour("model-mark"),
      sound: colour("model"),
      interrupted: colour("alert"),
      shown: colour("call"),
      complete: colour("faint"),
      connection: colour("activity"),
      trouble: colour("alert"),
    },
  };
}
