/** The session as files to take away. */

import { downloadZip } from "client-zip";
import type { Conversation } from "../conversation";

const MIB = 1 << 20;

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
    </details>
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

/** The browser has begun to save it by then. */
const REVOKE_MS = 60_000;
