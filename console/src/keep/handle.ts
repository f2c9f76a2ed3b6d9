/** What a reload of the page must not lose: the handle to go on with, and what it was set up as. No key. */

import type { Setup } from "../live/messages";

const NAME = "antiphon-session";

export function keepHandle(handle: string, setup: Setup): void {
  sessionStorage.setItem(NAME, JSON.stringify({ handle, setup }));
}

export function forgetHandle(): void {
  sessionStorage.removeItem(NAME);
}

export function keptHandle(): { handle: string; setup: Setup } | null {
  try {
    return JSON.parse(sessionStorage.getItem(NAME) ?? "null");
  } catch {
    return null;
  }
}
