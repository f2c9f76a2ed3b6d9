/** The page that `antiphon replay --html` writes: one session, which it has in it. */

import { render } from "preact";
import type { Recorded } from "./recorded";
import { RecordedSession } from "./session";

const recorded: Recorded = JSON.parse(document.getElementById("session")?.textContent ?? "");

render(
  <>
    <header>
      <h1>antiphon</h1>
      <span>a recorded session</span>
    </header>
    <main>
      <RecordedSession recorded={recorded} />
    </main>
  </>,
  document.body,
);
