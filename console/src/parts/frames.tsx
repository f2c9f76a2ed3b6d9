/** The messages as they went over the socket, the latest first; sound is left out. */

import { useState } from "preact/hooks";
import { frames, shown } from "../state";

export function FramesPanel() {
  const [open, setOpen] = useState(false);
  return (
    <details class="panel frames" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>Messages ({frames.value.length})</summary>
      {open && <List />}
    </details>
  );
}

/** Drawn only while somebody looks: it changes with each message. */
function List() {
  return (
    <ol>
      {frames.value.toReversed().map(({ id, at, from, text }) => (
        <li key={id}>
          <b>
            {from === "page" ? "→" : "←"} {at.toFixed(2)} s
          </b>
          <pre tabIndex={0}>{shown(text)}</pre>
        </li>
      ))}
    </ol>
  );
}
