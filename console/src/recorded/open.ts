/** Recordings that are opened on the page: the server reads them, as `antiphon replay` does. */

import { signal } from "@preact/signals";
import { downloadZip } from "client-zip";
import type { Recorded } from "./recorded";

/** What is looked at instead of the session, if anything. */
export const opened = signal<Recorded | null>(null);

/** Open a ZIP file, or the loose files of one recording; throws what people can read when that is not to be done. */
export async function openRecording(files: readonly File[], key: string): Promise<void> {
  const [first] = files;
  if (!first) return;
  const zipped = files.length === 1 && first.name.endsWith(".zip");
  const body = zipped ? first : await downloadZip(files).blob();
  const answer = await fetch("/replay", { method: "POST", body, headers: key ? { "x-goog-api-key": key } : {} });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.error?.message ?? answer.statusText);
  opened.value = { ...told, title: zipped ? first.name : told.title };
}
