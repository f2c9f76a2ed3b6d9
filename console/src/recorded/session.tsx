/** A recorded session to look at and to listen to. */

import { useMemo, useRef } from "preact/hooks";
import { TimelinePanel } from "../parts/timeline";
import { shown } from "../state";
import type { Source } from "../timeline/source";
import { type Recorded, type Row, timelineOf } from "./recorded";

/** As many lines as a browser draws at ease. */
const ROWS_MAX = 2_000;

export function RecordedSession({ recorded }: { recorded: Recorded }) {
  const audio = useRef<HTMLAudioElement>(null);
  const source = useMemo(() => playable(recorded, audio), [recorded]);
  return (
    <>
      <section class="facts" aria-label="The session">
        <h2>{shown(recorded.title)}</h2>
        <dl class="figures">
          {recorded.facts.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{shown(value)}</dd>
            </div>
          ))}
        </dl>
        {recorded.sound && (
          // biome-ignore lint/a11y/useMediaCaption: what was said stands below, line by line
          <audio
            ref={audio}
            controls
            src={recorded.sound}
            aria-label="The session: you on the left, the model on the right"
          />
        )}
      </section>
      <TimelinePanel source={source} />
      <Rows rows={recorded.rows} seek={source.seek} />
    </>
  );
}

function playable(recorded: Recorded, audio: { current: HTMLAudioElement | null }): Source {
  return {
    timeline: timelineOf(recorded),
    seconds: recorded.session.seconds,
    now: () => audio.current?.currentTime ?? 0,
    ...(recorded.sound && {
      seek(at: number) {
        if (audio.current) audio.current.currentTime = Math.max(0, at);
      },
    }),
  };
}

function Rows({ rows, seek }: { rows: Row[]; seek: Source["seek"] }) {
  const more = rows.length - ROWS_MAX;
  return (
    <section class="rows" aria-label="Conversation">
      <h2>Conversation</h2>
      <ol>
        {rows.slice(0, ROWS_MAX).map((row, index) => (
          <li key={index} class={row.kind}>
            <Time at={row.at} seek={seek} />
            <b>{row.who}</b>
            <span>
              <bdi dir="auto">{shown(row.text)}</bdi>
              {row.unheard && <del title="cut off before it was heard"> {shown(row.unheard)}</del>}
              {row.waited && <i title="from the end of speech to the first sound">{row.waited}</i>}
            </span>
          </li>
        ))}
      </ol>
      {more > 0 && <p class="hint">… and {more} more lines.</p>}
    </section>
  );
}

function Time({ at, seek }: { at: number; seek: Source["seek"] }) {
  const tenths = Math.round(10 * at);
  const time = `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
  if (!seek) return <time>{time}</time>;
  return (
    <button type="button" class="time" aria-label={`Go to ${time}`} onClick={() => seek(at)}>
      {time}
    </button>
  );
}
