/** One WebSocket: JSON out, JSON in, in order. Browsers send no headers, so the key goes into the socket's query. */

import { delayMs } from "../state";
import { Delay } from "./delay";
import type { ClientMessage, ServerMessage } from "./messages";

export interface SocketEvents {
  opened(): void;
  received(message: ServerMessage): void;
  /** Once, after everything received. */
  closed(code: number, reason: string): void;
}

export const PATH = "/ws/google.ai.generativelanguage.v1beta.GenerativeService.BidiGenerateContent";

/** More than that waits to be sent: the network is not keeping up, and old sound is of no use. */
export const BUFFERED_BYTES_MAX = 1 << 20;

export class Socket {
  private readonly socket: WebSocket;
  private reading: Promise<void> = Promise.resolve();
  private readonly going = new Delay(() => delayMs.value);
  private readonly coming = new Delay(() => delayMs.value);

  /** `key` is empty where the server asks for none; `watch` names the session for `live/watch.ts`. */
  constructor(base: string, key: string, watch: string, events: SocketEvents) {
    const query = `?${new URLSearchParams({ ...(key && { key }), watch })}`;
    this.socket = new WebSocket(base + PATH + query);
    this.socket.onopen = () => events.opened();
    this.socket.onmessage = ({ data }: MessageEvent<string | Blob>) => {
      // Frames are Blobs, and a Blob is read asynchronously: one behind the other, or they overtake.
      this.reading = this.reading.then(async () => {
        const text = typeof data === "string" ? data : await data.text();
        this.coming.pass(() => events.received(JSON.parse(text) as ServerMessage));
      });
    };
    this.socket.onclose = ({ code, reason }) => {
      this.reading = this.reading.then(() => this.coming.pass(() => events.closed(code, reason)));
    };
  }

  /** Whether it was given to the network. */
  send(message: ClientMessage): boolean {
    const takes = this.socket.readyState === WebSocket.OPEN && this.socket.bufferedAmount < BUFFERED_BYTES_MAX;
    if (takes) this.going.pass(() => this.socket.send(JSON.stringify(message)));
    return takes;
  }

  close(): void {
    this.socket.close(1000);
  }
}

/** Where the page's own server is: `ws://host` or `wss://host`. */
export function ownServer(location: Location): string {
  return `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}`;
}
