/** What was said, as text. Words of strangers are shown as text and nothing else, each in a direction of its own. */

import { useEffect, useRef } from "preact/hooks";
import { entries, shown } from "../state";

const WHO = { user: "You", model: "antiphon", note: "Note" };

export function Transcript() {
  const list = useRef<HTMLOListElement>(null);
  useEffect(() => {
    list.current?.scrollTo({ top: list.current.scrollHeight });
  }, [entries.value]);
  return (
    <section class="transcript" aria-label="Conversation">
      <h2>Conversation</h2>
      <ol ref={list} tabIndex={0} aria-live="polite" aria-relevant="additions text">
        {entries.value.map((entry) => (
          <li key={entry.id} class={`${entry.who}${entry.open ? " open" : ""}`}>
            <b>{WHO[entry.who]}</b> <bdi dir="auto">{shown(entry.text)}</bdi>
            {entry.interrupted && <em> (interrupted)</em>}
          </li>
        ))}
      </ol>
      {entries.value.length === 0 && <p class="hint">Press Talk and say something, or type a message.</p>}
    </section>
  );
}
