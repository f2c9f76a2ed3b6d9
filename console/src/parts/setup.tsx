/** What the next session is asked for, and the same as code. */

import { signal, useComputed } from "@preact/signals";
import { useState } from "preact/hooks";
import { codeFor, KINDS, type Kind } from "../code";
import { declarationsIn, FIRST_WISHES, msFault, setupOf, type Wishes } from "../setup";

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
        <Select name="modality" label="Answers" options={{ AUDIO: "spoken", TEXT: "written" }} />
        <Text name="instruction" label="System instruction" />
        <Text name="tools" label="Functions, as JSON" hint={FUNCTIONS_HINT} fault={fault.value} />
        <Choice name="builtIn" label="Offer get_time and roll_dice, which this page answers" />
      </div>
      <Activity />
      <div class="fields">
        <Choice name="resumes" label="Resume when the connection is lost" />
        <Choice name="compresses" label="Forget the oldest turns when the context is full" />
      </div>
      <Code base={base} />
    </details>
  );
}

/** Whether somebody speaks, and what that is for. What finds speech is of no use to who says it himself. */
function Activity() {
  const { manual } = wishes.value;
  const readily = (kind: "START" | "END") => ({
    "": SERVERS,
    [`${kind}_SENSITIVITY_HIGH`]: "readily",
    [`${kind}_SENSITIVITY_LOW`]: "with caution",
  });
  return (
    <fieldset class="fields">
      <legend>Activity</legend>
      <Select name="startSensitivity" label="Speech is found" options={readily("START")} disabled={manual} />
      <Select name="endSensitivity" label="Its end is found" options={readily("END")} disabled={manual} />
      <Line name="prefixMs" label="Sound that counts as speech, ms" hint={SERVERS} number disabled={manual} />
      <Line name="silenceMs" label="Silence that ends speech, ms" hint={SERVERS} number disabled={manual} />
      <Select name="coverage" label="Your turn is" options={COVERAGE} />
      <Choice name="manual" label="No voice detection: this page says when you speak" />
      <Choice name="interrupts" label="Speaking interrupts the answer" />
    </fieldset>
  );
}

const SERVERS = "as the server has it";
const COVERAGE = {
  "": SERVERS,
  TURN_INCLUDES_ONLY_ACTIVITY: "what you say",
  TURN_INCLUDES_ALL_INPUT: "all that is heard",
  TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO: "what you say, and all pictures",
};

const FUNCTIONS_HINT =
  '[{"name": "set_light", "parameters": {"type": "OBJECT", "properties": {"on": {"type": "BOOLEAN"}}}}]';

interface LineProps {
  name: Named<string>;
  label: string;
  hint?: string;
  number?: boolean;
  disabled?: boolean;
}

function Line({ name, label, hint = "", number = false, disabled = false }: LineProps) {
  const fault = number && !disabled ? msFault(wishes.value[name]) : "";
  return (
    <label>
      {label}
      <input
        inputMode={number ? "numeric" : "text"}
        value={wishes.value[name]}
        placeholder={hint}
        disabled={disabled}
        aria-invalid={fault !== ""}
        onInput={({ currentTarget }) => change({ [name]: currentTarget.value })}
      />
      {fault && <span role="alert">{fault}</span>}
    </label>
  );
}

interface SelectProps {
  name: Named<string>;
  label: string;
  /** What is sent, and what it is called here. */
  options: Record<string, string>;
  disabled?: boolean;
}

function Select({ name, label, options, disabled = false }: SelectProps) {
  return (
    <label>
      {label}
      <select
        value={wishes.value[name]}
        disabled={disabled}
        onChange={({ currentTarget }) => change({ [name]: currentTarget.value })}
      >
        {Object.entries(options).map(([value, text]) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
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
