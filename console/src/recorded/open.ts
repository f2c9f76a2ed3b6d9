/** Recordings that are opened on the page: the server reads them, as `antiphon replay` does. */

import { signal } from "@preact/signals";
import { downloadZip } from "client-zip";
import type { Recorded } from "./recorded";

/** What is looked at instead of the session, if anything. */
export const opened = signal<Recorded | null>(null);

/** As the server has it (src/antiphon/server/replaying.py). */
const ARCHIVE_MIB_MAX = 64;

/** Open a ZIP file, or the loose files of one recording; throws what people can read when that is not to be done. */
export async function openRecording(files: readonly File[], key: string): Promise<void> {
  const [first] = files;
  if (!first) return;
  const zipped = files.length === 1 && /\.zip$/i.test(first.name);
  const body = zipped ? first : await downloadZip(files).blob();
  if (body.size > ARCHIVE_MIB_MAX << 20)
    throw new Error(`more than ${ARCHIVE_MIB_MAX} MiB: antiphon replay FILE --html shows it`);
  const answer = await fetch("/replay", { method: "POST", body, headers: key ? { "x-goog-api-key": key } : {} });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error?.message ?? answer.statusText);
  opened.value = { ...told, title: zipped ? first.name : told.title };
}
