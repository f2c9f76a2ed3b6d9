/** What the next session is asked for, and the same as code. */

import { signal, useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { codeFor, KINDS, type Kind } from "../code";
import { declarationsIn, FIRST_WISHES, setupOf, type Wishes } from "../setup";

export const wishes = signal<Wishes>(FIRST_WISHES);

export const change = (part: Partial<Wishes>) => {
  wishes.value = { ...wishes.value, ...part };
};

type Named<T> = { [K in keyof Wishes]: Wishes[K] extends T ? K : never }[keyof Wishes];

export function SetupPanel({ base, open }: { base: string; open: boolean }) {
  const fault = useComputed(() => {
    const found = declarationsIn(wishes.value.tools);
    return typeof found === "string" ? found : "";
  });
  return (
    <details class="panel">
      <summary>Set-up{open && " of the next session"}</summary>
      <div class="fields">
        <Line name="model" label="Model" />
        <Line name="voice" label="Voice" hint="the server's own" />
        <Line name="language" label="Language" hint="any; for example en-US" />
        <label>
          Answers
          <select
            value={wishes.value.modality}
            onChange={({ currentTarget }) => change({ modality: currentTarget.value as Wishes["modality"] })}
          >
            <option value="AUDIO">spoken</option>
            <option value="TEXT">written</option>
          </select>
        </label>
        <Line name="silenceMs" label="Silence that ends speech, ms" hint="the server decides" number />
        <Text name="instruction" label="System instruction" />
        <Text name="tools" label="Functions, as JSON" hint={FUNCTIONS_HINT} fault={fault.value} />
        <Choice name="builtIn" label="Offer get_time and roll_dice, which this page answers" />
        <Choice name="manual" label="No voice detection: this page says when you speak" />
        <Choice name="interrupts" label="Speaking interrupts the answer" />
        <Choice name="resumes" label="Resume when the connection is lost" />
        <Choice name="compresses" label="Forget the oldest turns when the context is full" />
      </div>
      <Code base={base} />
    </details>
  );
}

const FUNCTIONS_HINT =
  '[{"name": "set_light", "parameters": {"type": "OBJECT", "properties": {"on": {"type": "BOOLEAN"}}}}]';

function Line({
  name,
  label,
  hint = "",
  number = false,
}: {
  name: Named<string>;
  label: string;
  hint?: string;
  number?: boolean;
}) {
  return (
    <label>
      {label}
      <input
        inputMode={number ? "numeric" : "text"}
        value={wishes.value[name]}
        placeholder={hint}
        onInput={({ currentTarget }) => change({ [name]: currentTarget.value })}
      />
    </label>
  );
}

function Text({
  name,
  label,
  hint = "",
  fault = "",
}: {
  name: Named<string>;
  label: string;
  hint?: string;
  fault?: string;
}) {
  return (
    <label class="wide">
      {label}
      <textarea
        rows={3}
        value={wishes.value[name]}
        placeholder={hint}
        aria-invalid={fault !== ""}
        onInput={({ currentTarget }) => change({ [name]: currentTarget.value })}
      />
      {fault && <span role="alert">{fault}</span>}
    </label>
  );
}

function Choice({ name, label }: { name: Named<boolean>; label: string }) {
  return (
    <label class="choice">
      <input
        type="checkbox"
        checked={wishes.value[name]}
        onChange={({ currentTarget }) => change({ [name]: currentTarget.checked })}
      />{" "}
      {label}
    </label>
  );
}

function Code({ base }: { base: string }) {
  const [kind, setKind] = useState<Kind>("JSON");
  let code: string;
  try {
    code = codeFor(kind, setupOf(wishes.value), base);
  } catch (error) {
    code = (error as Error).message;
  }
  return (
    <div class="code">
      <div class="bar">
        {KINDS.map((each) => (
          <button type="button" key={each} aria-pressed={each === kind} onClick={() => setKind(each)}>
            {each}
          </button>
        ))}
        <button type="button" onClick={() => navigator.clipboard.writeText(code)}>
          Copy
        </button>
      </div>
      <pre tabIndex={0}>{code}</pre>
    </div>
  );
}
