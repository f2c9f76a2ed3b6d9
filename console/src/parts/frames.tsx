/** The messages as they went over the socket, the latest first; sound is left out. */

import { frames, shown } from "../state";

export function FramesPanel() {
  return (
    <details class="panel frames">
      <summary>Messages ({frames.value.length})</summary>
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
    </details>
  );
}
