/** A session kept as `--record` keeps it: lines of JSON, and the sound beside them (src/antiphon/recording/lines.py). */

import { fromBase64 } from "../live/base64";
import type { ClientMessage, ServerMessage } from "../live/messages";
import { Secrets } from "./secrets";
import { Track } from "./track";

/** All files of one recording; then it stops. */
export const RECORDING_BYTES_MAX = 512 << 20;
export const VERSION = 1;

/** Of lines, until they become a Blob. */
const BLOB_CHARACTERS = 1 << 16;

export type Incident = "lost" | "reconnected" | "dropped" | "stopped" | "closed";
type Side = "client" | "server";
/** A file of the recording: what its name ends in, and what is in it. */
export type Kept = [ending: string, content: Blob];

/** Replaced when the page is built. */
declare const ANTIPHON_VERSION: string;

export class Recording {
  /** Bytes so far. */
  size = 0;
  private readonly secrets = new Secrets();
  private readonly tracks: Record<Side, Track[]> = { client: [], server: [] };
  private readonly images: Kept[] = [];
  /** A Blob is kept outside of the page's heap, however long the session gets. */
  private readonly lines: Blob[] = [];
  private latest = "";
  private stopped = false;

  constructor(endpoint: string, model: string, startedAt: Date) {
    this.write({
      recording: VERSION,
      antiphon: ANTIPHON_VERSION,
      seenFrom: "client",
      endpoint: this.secrets.scrubbed(endpoint),
      startedAt: startedAt.toISOString(),
      model,
    });
  }

  /** A message that was sent, or came, at a time in seconds since the beginning. */
  add(from: Side, message: ClientMessage | ServerMessage, at: number): void {
    if (!this.stopped) this.append({ at, from, message: this.plain(message, from) });
  }

  note(event: Incident, why: string, at: number): void {
    if (!this.stopped) this.append({ at, event, ...(why && { why: this.secrets.scrubbed(why) }) });
  }

  files(): Kept[] {
    const sound = [...named("user", this.tracks.client), ...named("model", this.tracks.server)];
    return [["jsonl", new Blob([...this.lines, this.latest])], ...sound, ...this.images];
  }

  private append(line: { at: number; [member: string]: unknown }): void {
    const at = Math.max(0, Math.round(line.at * 1e6) / 1e6);
    if (this.size <= RECORDING_BYTES_MAX) {
      this.write({ ...line, at });
      return;
    }
    this.stopped = true;
    this.write({ at, event: "stopped", why: `it reached its limit of ${RECORDING_BYTES_MAX >> 20} MiB` });
  }

  private write(value: object): void {
    const line = `${JSON.stringify(value)}\n`;
    this.size += line.length;
    this.latest += line;
    if (this.latest.length < BLOB_CHARACTERS) return;
    this.lines.push(new Blob([this.latest]));
    this.latest = "";
  }

  /** The message with its sound and pictures put elsewhere, and its secrets replaced. */
  private plain(value: unknown, from: Side): unknown {
    if (typeof value === "string") return this.secrets.scrubbed(value);
    if (Array.isArray(value)) return value.map((each) => this.plain(each, from));
    if (typeof value !== "object" || value === null) return value;
    const members = value as Record<string, unknown>;
    const place = this.elsewhere(members, from);
    return Object.fromEntries(
      Object.entries(members).map(([name, each]) => {
        if (place && name === "data") return [name, place];
        return [name, this.secrets.named(name, each) ?? this.plain(each, from)];
      }),
    );
  }

  private elsewhere({ mimeType, data }: Record<string, unknown>, from: Side): object | null {
    if (typeof mimeType !== "string" || typeof data !== "string") return null;
    if (mimeType.startsWith("audio/pcm")) return this.sound(fromBase64(data), rateOf(mimeType, from), from);
    return mimeType === "image/jpeg" ? this.picture(fromBase64(data)) : null;
  }

  private sound(pcm: Uint8Array, rateHz: number, from: Side): object {
    const tracks = this.tracks[from];
    const last = tracks.at(-1);
    const track = last?.rateHz === rateHz ? last : new Track(rateHz);
    if (track !== last) tracks.push(track);
    this.size += pcm.length;
    return { stream: nameOf(from === "client" ? "user" : "model", tracks.length), ...track.append(pcm) };
  }

  private picture(jpeg: Uint8Array): object {
    this.size += jpeg.length;
    const image = `image-${this.images.length + 1}.jpg`;
    this.images.push([image, new Blob([jpeg as Uint8Array<ArrayBuffer>])]);
    return { image };
  }
}

function named(name: string, tracks: Track[]): Kept[] {
  return tracks.map((track, index) => [`${nameOf(name, index + 1)}.wav`, track.wave()]);
}

function nameOf(name: string, number: number): string {
  return number === 1 ? name : `${name}-${number}`;
}

function rateOf(mimeType: string, from: Side): number {
  return Number(/rate=(\d+)/.exec(mimeType)?.[1] ?? (from === "client" ? 16_000 : 24_000));
}
