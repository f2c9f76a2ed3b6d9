import { beforeEach, describe, expect, it, vi } from "vitest";
import type { ClientMessage, ServerMessage, Setup } from "../../src/live/messages";
import {
  type Dial,
  HELD_MESSAGES_MAX,
  HELD_SOUNDS_MAX,
  LiveSession,
  type Phase,
  TRIES_MAX,
} from "../../src/live/session";
import type { SocketEvents } from "../../src/live/socket";

const SETUP: Setup = { model: "models/m", sessionResumption: {} };
const HANDLE: ServerMessage = { sessionResumptionUpdate: { newHandle: "h1", resumable: true } };

class Server {
  readonly sockets: { events: SocketEvents; sent: ClientMessage[]; closed: boolean }[] = [];

  readonly dial: Dial = (_base, _key, _watch, events) => {
    const socket = { events, sent: [] as ClientMessage[], closed: false };
    this.sockets.push(socket);
    return {
      send: (message) => socket.sent.push(message) > 0,
      close: () => {
        socket.closed = true;
      },
    };
  };

  get latest() {
    const socket = this.sockets.at(-1);
    if (!socket) throw new Error("nobody dialled");
    return socket;
  }

  greet(...messages: ServerMessage[]): void {
    this.latest.events.opened();
    for (const message of [{ setupComplete: {} }, ...messages]) this.latest.events.received(message);
  }
}

function opened(setup = SETUP, handle: string | null = null) {
  const server = new Server();
  const phases: [Phase, string][] = [];
  const dropped: ClientMessage[] = [];
  const session = new LiveSession(
    "ws://x",
    "",
    setup,
    {
      phase: (phase, why) => phases.push([phase, why]),
      sent: () => undefined,
      received: () => undefined,
      dropped: (message) => dropped.push(message),
    },
    handle,
    server.dial,
  );
  session.open();
  return { server, session, phases, dropped, phase: () => phases.at(-1)?.[0] };
}

const text = (text: string): ClientMessage => ({ realtimeInput: { text } });

beforeEach(() => {
  vi.useFakeTimers();
  return () => vi.useRealTimers();
});

describe("a session", () => {
  it("sends its setup first, and what was said meanwhile behind setupComplete", () => {
    const { server, session } = opened();
    session.send(text("early"));
    server.latest.events.opened();
    expect(server.latest.sent).toEqual([{ setup: SETUP }]);
    server.latest.events.received({ setupComplete: {} });
    expect(server.latest.sent).toEqual([{ setup: SETUP }, text("early")]);
  });

  it("resumes by its latest handle when the socket is lost", () => {
    const { server, phase } = opened();
    server.greet(HANDLE);
    server.latest.events.closed(1006, "");
    expect(phase()).toBe("mending");
    vi.runAllTimers();
    server.latest.events.opened();
    expect(server.latest.sent).toEqual([{ setup: { ...SETUP, sessionResumption: { handle: "h1" } } }]);
  });

  it("is closed, and says why, when it cannot be resumed", () => {
    const { server, phases } = opened({ model: "m" });
    server.greet();
    server.latest.events.closed(1011, "engine failed");
    expect(phases.at(-1)).toEqual(["closed", "engine failed"]);
  });

  it("does not try again what was refused", () => {
    const { server, phases } = opened(SETUP, "old");
    server.latest.events.opened();
    server.latest.events.closed(1008, "session not found");
    expect(phases.at(-1)).toEqual(["closed", "session not found"]);
    expect(server.sockets).toHaveLength(1);
  });

  it("gives up after so many tries", () => {
    const { server, phase } = opened();
    server.greet(HANDLE);
    for (let attempt = 0; phase() !== "closed" && attempt < 99; attempt++) {
      server.latest.events.closed(1006, "");
      vi.runAllTimers();
    }
    expect(server.sockets).toHaveLength(1 + TRIES_MAX);
  });

  it("leaves at the end of the turn when it is asked to go", () => {
    const { server } = opened();
    server.greet(HANDLE, { serverContent: { outputTranscription: { text: "so" } } }, { goAway: { timeLeft: "10s" } });
    expect(server.sockets).toHaveLength(1);
    server.latest.events.received({ serverContent: { turnComplete: true } });
    expect(server.sockets.map(({ closed }) => closed)).toEqual([true, false]);
  });

  it("does not wait for a turn longer than half the time it is given", () => {
    const { server } = opened();
    server.greet(HANDLE, { serverContent: { outputTranscription: { text: "so" } } }, { goAway: { timeLeft: "10s" } });
    vi.advanceTimersByTime(4_900);
    expect(server.sockets).toHaveLength(1);
    vi.advanceTimersByTime(200);
    expect(server.sockets).toHaveLength(2);
  });

  it("keeps so much while there is no socket, and tells what it drops", () => {
    const { session, dropped } = opened();
    for (let count = 0; count <= HELD_MESSAGES_MAX; count++) session.send(text(`${count}`));
    expect(dropped).toEqual([text(`${HELD_MESSAGES_MAX}`)]);
    session.close();
    expect(dropped).toHaveLength(HELD_MESSAGES_MAX + 1);
  });

  it("keeps the end of a speech however long it was", () => {
    const { session, dropped } = opened();
    const sound: ClientMessage = { realtimeInput: { audio: { mimeType: "audio/pcm;rate=16000", data: "" } } };
    const end: ClientMessage = { realtimeInput: { activityEnd: {} } };
    for (let count = 0; count < HELD_SOUNDS_MAX + 50; count++) session.send(sound);
    session.send(end);
    expect(dropped).toHaveLength(50);
    expect(dropped).not.toContain(end);
  });

  it("hears nothing of a socket it has left", () => {
    const { server, session, phases } = opened();
    server.greet(HANDLE);
    session.close();
    server.latest.events.closed(1006, "late");
    expect(phases.at(-1)).toEqual(["closed", ""]);
  });
});
