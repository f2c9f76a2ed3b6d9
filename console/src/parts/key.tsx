/** The key, where the server asks for one. It lives in this page's memory and nowhere else. */

import { signal } from "@preact/signals";

export const key = signal("");

export function KeyPanel() {
  return (
    <details class="panel">
      <summary>Key</summary>
      <form onSubmit={(event) => event.preventDefault()}>
        <label>
          API key or ephemeral token, where this server asks for one
          <input
            type="password"
            autocomplete="off"
            value={key.value}
            onInput={({ currentTarget }) => {
              key.value = currentTarget.value.trim();
            }}
          />
        </label>
      </form>
      <p class="hint">It is kept in this page only: a reload forgets it.</p>
    </details>
  );
}
