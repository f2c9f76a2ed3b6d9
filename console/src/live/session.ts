/** A session that outlives its sockets: when one ends, the next resumes it by its handle. */

import { type ClientMessage, isSound, type ServerMessage, type Setup } from "./messages";
import { Socket, type SocketEvents } from "./socket";

/** `mending`: the socket is gone and the next one is not there yet. */
export type Phase = "closed" | "opening" | "open" | "mending";

export interface SessionEvents {
  phase(phase: Phase, why: string): void;
  sent(message: ClientMessage): void;
  received(message: ServerMessage): void;
  /** Something that was to be sent never will be. */
  dropped(message: ClientMessage): void;
}

export const TRIES_MAX = 8;
export const WAIT_MS_FIRST = 250;
export const WAIT_MS_MAX = 8_000;
/** Kept while there is no socket: ten seconds of sound. */
export const HELD_SOUNDS_MAX = 500;
export const HELD_MESSAGES_MAX = 600;
/** Of the time a server gives for leaving, what a running answer may take. */
const STAY_SHARE = 0.5;

const DELIBERATE = 1000;
const REFUSED = new Set([1007, 1008]);

export type Dial = (base: string, key: string, watch: string, events: SocketEvents) => Pick<Socket, "send" | "close">;

export class LiveSession {
  private phase: Phase = "closed";
  private socket: ReturnType<Dial> | null = null;
  private held: ClientMessage[] = [];
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private departing = false;
  /** Of the connection there is, for whoever wants to watch it; each has a new one. */
  name = "";
  private midTurn = false;

  /** `handle` resumes an earlier session. */
  constructor(
    private readonly base: string,
    private readonly key: string,
    private readonly setup: Setup,
    private readonly events: SessionEvents,
    public handle: string | null = null,
    private readonly dial: Dial = (base, key, watch, events) => new Socket(base, key, watch, events),
  ) {}

  open(): void {
    this.enter("opening", "");
    this.connect();
  }

  /** Send, or keep for the next socket, or drop. */
  send(message: ClientMessage): void {
    if (this.phase === "open" && this.socket?.send(message)) this.events.sent(message);
    else if (this.phase !== "closed" && this.holds(message)) this.held.push(message);
    else this.events.dropped(message);
  }

  /** Sound has a limit of its own: the end of a speech is not lost because the speech was long. */
  private holds(message: ClientMessage): boolean {
    if (!isSound(message)) return this.held.length < HELD_MESSAGES_MAX;
    return this.held.filter(isSound).length < HELD_SOUNDS_MAX;
  }

  /** For good. */
  close(): void {
    this.leave();
    this.enter("closed", "");
  }

  /** Lose the socket as a network does, to see what happens. */
  drop(): void {
    this.leave();
    this.lost(1006, "the connection was dropped here");
  }

  private leave(): void {
    clearTimeout(this.timer);
    const socket = this.socket;
    this.socket = null; // what still comes of it is not ours any more
    socket?.close();
  }

  private enter(phase: Phase, why: string): void {
    this.phase = phase;
    if (phase === "closed") for (const message of this.held.splice(0)) this.events.dropped(message);
    this.events.phase(phase, why);
  }

  private connect(): void {
    this.departing = this.midTurn = false;
    this.name = randomName();
    const socket: ReturnType<Dial> = this.dial(this.base, this.key, this.name, {
      opened: () => {
        const setup: ClientMessage = { setup: this.resuming() };
        if (this.socket === socket && socket.send(setup)) this.events.sent(setup);
      },
      received: (message) => {
        if (this.socket === socket) this.take(message);
      },
      closed: (code, reason) => {
        if (this.socket !== socket) return;
        this.socket = null;
        this.lost(code, reason);
      },
    });
    this.socket = socket;
  }

  private resuming(): Setup {
    if (!this.setup.sessionResumption) return this.setup;
    return { ...this.setup, sessionResumption: this.handle ? { handle: this.handle } : {} };
  }

  private take(message: ServerMessage): void {
    const update = message.sessionResumptionUpdate;
    if (update?.resumable && update.newHandle) this.handle = update.newHandle;
    if (message.serverContent) this.midTurn = !message.serverContent.turnComplete;
    this.events.received(message);
    if (message.setupComplete) this.begin();
    else if (message.goAway) this.depart(message.goAway.timeLeft ?? "0s");
    else if (this.departing && !this.midTurn) this.redial();
  }

  private begin(): void {
    this.tries = 0;
    this.enter("open", "");
    for (const message of this.held.splice(0)) this.send(message);
  }

  private depart(timeLeft: string): void {
    if (!this.handle) return; // it cannot be resumed: use what is left of it
    this.departing = true;
    if (!this.midTurn) this.redial();
    else this.timer = setTimeout(() => this.redial(), 1000 * STAY_SHARE * Number.parseFloat(timeLeft));
  }

  private redial(): void {
    this.leave();
    this.enter("mending", "the server asked to leave");
    this.connect();
  }

  private lost(code: number, reason: string): void {
    const why = reason || `closed with ${code}`;
    const refused = REFUSED.has(code) && this.phase !== "open";
    const resumes = this.handle !== null && this.setup.sessionResumption !== undefined;
    if (refused) this.handle = null; // whatever it was, it is not good for another try
    if (refused || !resumes || code === DELIBERATE || this.tries >= TRIES_MAX) {
      this.enter("closed", why);
      return;
    }
    const wait = Math.min(WAIT_MS_MAX, WAIT_MS_FIRST * 2 ** this.tries++);
    this.enter("mending", why);
    this.timer = setTimeout(() => this.connect(), wait * (0.5 + Math.random() / 2));
  }
}

/** Not `randomUUID`, which pages without TLS from another machine do not have. */
function randomName(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
