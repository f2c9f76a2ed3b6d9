/** Puts what the server tells of itself where it belongs on the page's timeline. */

import type { Sight } from "../live/watch";
import { appended, LATENCIES_MAX, latencies } from "../state";
import { SentSound, ServerClock } from "./placing";
import type { Timeline } from "./timeline";

export class Sights {
  readonly sent = new SentSound();
  private readonly clock = new ServerClock();
  /** When the speech ended whose answer has not sounded yet. */
  private waitsSince: number | null = null;
  private stages = "";

  constructor(private readonly timeline: Timeline) {}

  /** Another connection: its server counts anew. */
  restart(): void {
    this.sent.restart();
    this.clock.restart();
  }

  see(sight: Sight, now: number): void {
    this.clock.came(sight.at, now);
    const at = this.clock.at(sight.at);
    switch (sight.type) {
      case "window":
        this.timeline.activity.push({ at: this.sent.at(sight.position), value: sight.probability });
        return;
      case "speech":
        this.over(at);
        this.timeline.begin("speech", this.sent.at(sight.position));
        return;
      case "drafted":
        this.timeline.begin("draft", at, "draft");
        return;
      case "withdrawn":
        this.timeline.end("draft", at);
        this.timeline.mark("wasted", at, "a draft thrown away: the speech went on");
        return;
      case "judged":
        this.timeline.mark("judged", at, `end of turn? ${Math.round(100 * sight.probability)} %`);
        return;
      case "decided":
        this.decided(this.sent.at(sight.position), at);
        return;
      case "token":
        this.timeline.mark("token", at, "first token");
        return;
      case "clause":
        this.timeline.mark("clause", at, "first clause");
        return;
      case "sound":
        this.timeline.mark("sound", at, "first sound");
        return;
      case "turn":
        this.stages = stagesOf(sight);
        this.relabel();
    }
  }

  /** Nothing more is to be waited for: the turn is over, the user speaks again, or nobody is there. */
  over(at: number): void {
    const wait = this.timeline.end("wait", at);
    if (wait && this.waitsSince !== null) wait.text = UNANSWERED;
    this.waitsSince = null;
  }

  /** The first of a reply is heard at that time, or read. */
  sounds(from: number): void {
    const began = this.waitsSince;
    if (began === null) return;
    this.waitsSince = null;
    this.timeline.end("wait", from);
    latencies.value = appended(latencies.value, Math.round(1000 * (from - began)), LATENCIES_MAX);
    this.relabel();
  }

  /** Input was dropped. */
  lost(): void {
    this.sent.restart();
  }

  private decided(ended: number, at: number): void {
    this.timeline.end("speech", ended);
    this.timeline.end("draft", at);
    this.timeline.mark("decided", at, "the user has finished");
    this.timeline.begin("wait", ended, "…");
    this.waitsSince = ended;
    this.stages = "";
  }

  private relabel(): void {
    const span = this.timeline.latest("wait");
    if (!span || span.text === UNANSWERED) return;
    const waited = span.to === null ? "…" : `${Math.round(1000 * (span.to - span.from))} ms`;
    span.text = this.stages ? `${waited}: ${this.stages}` : waited;
  }
}

const UNANSWERED = "no answer";

function stagesOf(turn: Extract<Sight, { type: "turn" }>): string {
  const { wordsMs, tokenMs, clauseMs, voiceMs } = turn;
  const stages = { words: wordsMs, token: tokenMs, clause: clauseMs, voice: voiceMs };
  return Object.entries(stages)
    .map(([name, ms]) => `${name} ${Math.round(ms)}`)
    .join(" · ");
}
