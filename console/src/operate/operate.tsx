/** The page at `/operate`. */

import { render } from "preact";
import { Pages } from "../pages";
import { Asked } from "./asked";
import { Enter } from "./enter";
import { Figures } from "./figures";
import { act, done, known, look, outside, trouble } from "./known";
import { leave } from "./server";
import { Sessions } from "./sessions";

function Page() {
  const state = known.value;
  return (
    <>
      <header>
        <h1>antiphon</h1>
        <Pages here="Operate" />
        {state && <Figures state={state} />}
        {state && (
          <button type="button" onClick={() => act(goOut, "")}>
            Leave
          </button>
        )}
      </header>
      <main class="operate">
        <div class="news">
          <p role="alert">{trouble.value}</p>
          <p role="status">{done.value}</p>
        </div>
        {outside.value && <Enter />}
        {state && <Sessions state={state} />}
      </main>
      <Asked />
    </>
  );
}

/** Of his own will: nothing has ended that he would have to be told of. */
async function goOut(): Promise<void> {
  await leave();
  known.value = null;
}

render(<Page />, document.body);
document.addEventListener("visibilitychange", () => void look());
void look();
