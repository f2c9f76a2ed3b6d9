/** Where the key is given. It is kept nowhere: what the browser keeps is a cookie that no script reads. */

import { useSignal } from "@preact/signals";
import { look, outside, trouble } from "./known";
import { enter } from "./server";

export function Enter() {
  const key = useSignal("");
  const giving = useSignal(false);
  const give = async () => {
    giving.value = true;
    try {
      await enter(key.value.trim());
      trouble.value = "";
      outside.value = false;
      await look();
    } catch (error) {
      trouble.value = (error as Error).message;
    }
    giving.value = false;
  };
  return (
    <section>
      <h2>Enter</h2>
      <form
        class="bar"
        onSubmit={(event) => {
          event.preventDefault();
          void give();
        }}
      >
        <label>
          The operator's key{" "}
          <input
            type="password"
            autocomplete="off"
            required
            value={key.value}
            onInput={({ currentTarget }) => {
              key.value = currentTarget.value;
            }}
          />
        </label>
        <button type="submit" disabled={giving.value}>
          Enter
        </button>
      </form>
      <p class="hint">
        <code>antiphon serve</code> prints where it is, unless <code>server.operator_key</code> is set. It is no API
        key.
      </p>
    </section>
  );
}
