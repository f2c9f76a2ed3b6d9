/** What an operator may ask of the server. The key goes out once; a cookie that no script can read stands for it. */

export interface Session {
  id: string;
  dialect: "developer" | "vertex";
  /** The name of its key; null where none was needed. */
  owner: string | null;
  state: "opening" | "listening" | "answering" | "leaving";
  ageS: number;
  turns: number;
  /** Of one engine at work for it all the time, lately. */
  loadPercent: number;
  /** Of its last answer, from the end of the user's turn; null before one. */
  firstSoundMs: number | null;
}

export interface State {
  version: string;
  /** Nobody new is let in. */
  draining: boolean;
  sessionsMax: number;
  memoryBytes?: number;
  /** Of one core. */
  cpuPercent?: number;
  /** Calls that wait, by engine. */
  queues: Record<string, number>;
  sessions: Session[];
}

/** The server said no. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    text: string,
  ) {
    super(text);
  }
}

/** Longer than any answer takes. */
const WAIT_MS = 10_000;

/** How long clients are given when they are drained: to end a turn, and to come back by their handle. */
export const DRAIN_S = 30;

export const state = (): Promise<State> => ask("state", { method: "GET" }) as Promise<State>;
export const enter = (key: string): Promise<unknown> => ask("enter", { body: JSON.stringify({ key }) });
export const leave = (): Promise<unknown> => ask("leave");
export const end = (id: string): Promise<unknown> => ask(`sessions/${encodeURIComponent(id)}/end`);
export const drain = (id: string): Promise<unknown> =>
  ask(`sessions/${encodeURIComponent(id)}/drain?time_left_s=${DRAIN_S}`);
export const drainAll = (): Promise<unknown> => ask(`drain?time_left_s=${DRAIN_S}`);
export const resume = (): Promise<unknown> => ask("resume");

/** Raises Refusal with what the server says, or Error when nothing is to be heard of it. */
async function ask(path: string, init: RequestInit = {}): Promise<unknown> {
  const request = { method: "POST", cache: "no-store", signal: AbortSignal.timeout(WAIT_MS), ...init } as const;
  let answer: Response;
  try {
    answer = await fetch(`/operate/${path}`, request);
  } catch {
    throw new Error("The server does not answer.");
  }
  const body = await answer.json().catch(() => null);
  if (answer.ok && body) return body;
  throw new Refusal(answer.status, body?.error?.message ?? `The server answered ${answer.status}.`);
}
