/** What a tester breaks on purpose, to see on the timeline what comes of it. */

import type { Conversation } from "../conversation";
import { noted } from "../transcript";
import { key } from "./key";

const NOTICE_S = 5;

async function askToGo(): Promise<void> {
  const headers: HeadersInit = key.value ? { "x-goog-api-key": key.value } : {};
  const answer = await fetch(`/go_away?time_left_s=${NOTICE_S}`, { method: "POST", headers });
  if (!answer.ok) noted(`goAway: the server answered ${answer.status}`);
}

export function TryPanel({ conversation }: { conversation: Conversation | null }) {
  return (
    <details class="panel">
      <summary>Break</summary>
      <div class="bar">
        <button type="button" disabled={!conversation} onClick={() => conversation?.drop()}>
          Drop the socket
        </button>
        <button type="button" disabled={!conversation} onClick={askToGo}>
          Ask for goAway
        </button>
      </div>
      <p class="hint">
        The session goes on by its handle: look at the timeline. goAway reaches all sessions of this key.
      </p>
    </details>
  );
}
