/** Who is connected, and what can be done about it. */

import { act, asked } from "./known";
import { DRAIN_S, drain, drainAll, end, resume, type Session, type State } from "./server";
import { age, brief, milliseconds, percent } from "./words";

const COLUMNS = ["Session", "Key", "API", "State", "Age", "Turns", "Load", "First sound", "Send away"];

export function Sessions({ state }: { state: State }) {
  const { sessions, draining } = state;
  return (
    <section>
      <div class="bar">
        <h2 id="sessions">{draining ? "Sessions: nobody new is let in" : "Sessions"}</h2>
        <button type="button" onClick={askDrainAll}>
          Drain all
        </button>
        <button type="button" disabled={!draining} onClick={() => act(resume, "Clients are let in again.")}>
          Let in again
        </button>
      </div>
      {sessions.length > 0 ? <Table sessions={sessions} /> : <p class="hint">Nobody is connected.</p>}
      <p class="hint">
        Drain asks a client to go within {DRAIN_S} s: what can resume its session does so, here or where it is sent to.
        End gives it no time. Load is how much engines worked for a session in about the last minute: 100 % is one of
        them all the time.
      </p>
    </section>
  );
}

function Table({ sessions }: { sessions: Session[] }) {
  return (
    // What scrolls must be reached by keys.
    <div class="scrolls" tabIndex={0}>
      <table aria-labelledby="sessions">
        <thead>
          <tr>
            {COLUMNS.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sessions.map((session) => (
            <Row key={session.id} session={session} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ session }: { session: Session }) {
  const { id, owner, dialect, state, ageS, turns, loadPercent, firstSoundMs } = session;
  const name = brief(id);
  return (
    <tr>
      <th scope="row" title={id}>
        <code>{name}</code>
      </th>
      <td>{owner === null ? "none" : <bdi>{owner}</bdi>}</td>
      <td>{dialect === "vertex" ? "Vertex" : "Developer"}</td>
      <td>{state}</td>
      <td>{age(ageS)}</td>
      <td>{turns}</td>
      <td>{percent(loadPercent)}</td>
      <td>{milliseconds(firstSoundMs)}</td>
      <td>
        <div class="bar">
          <button
            type="button"
            aria-label={`Drain ${name}`}
            onClick={() => act(() => drain(id), `${name} was asked to go within ${DRAIN_S} s.`)}
          >
            Drain
          </button>
          <button type="button" aria-label={`End ${name}`} onClick={() => askEnd(id)}>
            End
          </button>
        </div>
      </td>
    </tr>
  );
}

function askDrainAll() {
  asked.value = {
    what: "Drain all?",
    why: `Each client is asked to go within ${DRAIN_S} s, and nobody new is let in until you let clients in again.`,
    yes: "Drain them all",
    act: () => act(drainAll, `All were asked to go within ${DRAIN_S} s; nobody new is let in.`),
  };
}

function askEnd(id: string) {
  const name = brief(id);
  asked.value = {
    what: `End ${name}?`,
    why: "Its client gets no time to hear the answer out.",
    yes: "End it",
    act: () => act(() => end(id), `${name} was ended.`),
  };
}
