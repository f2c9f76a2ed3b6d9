/** The session as files to take away, and recordings to look at. */

import { downloadZip } from "client-zip";
import { useState } from "preact/hooks";
import type { Conversation } from "../conversation";
import { openRecording } from "../recorded/open";
import { key } from "./key";

const MIB = 1 << 20;
/** The browser has begun to save it by then. */
const REVOKE_MS = 60_000;

export function KeepPanel({ conversation }: { conversation: Conversation | null }) {
  return (
    <details class="panel">
      <summary>Keep</summary>
      <button type="button" disabled={!conversation} onClick={() => conversation && download(conversation)}>
        Download this session
      </button>
      <p class="hint">
        What <code>--record</code> writes, in a ZIP file. Unpacked, <code>antiphon replay talk.jsonl</code> shows it.
        Keys and handles are not in it; what was said is.
        {conversation && ` So far ${(conversation.recording.size / MIB).toFixed(1)} MiB.`}
      </p>
      <Open />
    </details>
  );
}

function Open() {
  const [state, setState] = useState("");
  const open = async (input: HTMLInputElement) => {
    const files = [...(input.files ?? [])];
    input.value = "";
    setState("Reading…");
    try {
      await openRecording(files, key.value);
      setState("");
    } catch (error) {
      setState((error as Error).message);
    }
  };
  return (
    <>
      <label class="file">
        Open a recording
        <input
          type="file"
          multiple
          accept=".zip,.jsonl,.wav,.jpg"
          onChange={({ currentTarget }) => open(currentTarget)}
        />
      </label>
      <span role="status"> {state}</span>
      <p class="hint">
        A ZIP file, or <code>talk.jsonl</code> together with the files beside it. This server reads it and keeps
        nothing.
      </p>
    </>
  );
}

async function download({ recording }: Conversation): Promise<void> {
  const files = recording.files().map(([ending, input]) => ({ name: `talk.${ending}`, input }));
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await downloadZip(files).blob());
  link.download = "talk.zip";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), REVOKE_MS);
}
