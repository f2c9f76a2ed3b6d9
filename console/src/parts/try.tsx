/** What a tester breaks on purpose, to see on the timeline what comes of it. */

import type { Conversation } from "../conversation";
import { DELAY_MS_MAX } from "../live/delay";
import { delayMs } from "../state";
import { noted } from "../transcript";
import { key } from "./key";

const NOTICE_S = 5;
/** How long a token is good that is made to be seen ending. */
const TOKEN_S = 20;

interface Props {
  conversation: Conversation | null;
  /** Begin a new session with another key. */
  begin(key: string): void;
}

async function post(path: string, body?: unknown): Promise<Response | null> {
  const headers: HeadersInit = key.value ? { "x-goog-api-key": key.value } : {};
  const answer = await fetch(path, { method: "POST", headers, body: body === undefined ? null : JSON.stringify(body) });
  if (answer.ok) return answer;
  noted(`${path}: the server answered ${answer.status}`);
  return null;
}

export function TryPanel({ conversation, begin }: Props) {
  const shortLived = async () => {
    const expireTime = new Date(Date.now() + 1000 * TOKEN_S).toISOString();
    const answer = await post("/v1alpha/auth_tokens", { uses: 0, expireTime });
    if (answer) begin((await answer.json()).name);
  };
  return (
    <details class="panel">
      <summary>Break</summary>
      <div class="bar">
        <button type="button" disabled={!conversation} onClick={() => conversation?.drop()}>
          Drop the socket
        </button>
        <button type="button" disabled={!conversation} onClick={() => post(`/go_away?time_left_s=${NOTICE_S}`)}>
          Ask for goAway
        </button>
        <button type="button" onClick={shortLived}>
          New session on a token of {TOKEN_S} s
        </button>
        <label>
          Delay each way, ms{" "}
          <input
            inputMode="numeric"
            size={5}
            value={delayMs.value}
            onInput={({ currentTarget }) => {
              delayMs.value = Math.min(DELAY_MS_MAX, Math.max(0, Number(currentTarget.value) || 0));
            }}
          />
        </label>
      </div>
      <p class="hint">
        The session goes on by its handle: look at the timeline. goAway reaches all sessions of this key.
      </p>
    </details>
  );
}
