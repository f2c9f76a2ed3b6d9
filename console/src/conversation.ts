/** One conversation: what is heard goes to the server, what comes is played, and both are put on the timeline. */

import { forgetHandle, keepHandle } from "./keep/handle";
import { Recording } from "./keep/recording";
import { fromBase64, samplesOf } from "./live/base64";
import type { ClientMessage, FunctionCall, ServerContent, ServerMessage, Setup } from "./live/messages";
import { isSound, readable } from "./live/messages";
import { LiveSession, type Phase } from "./live/session";
import { answer } from "./live/tools";
import { watch } from "./live/watch";
import { type Heard, soundBlob } from "./sound/microphone";
import { Player, SPEAKING_HZ } from "./sound/player";
import { appended, FRAMES_MAX, frames, nextId, phase, tokens, why } from "./state";
import { Sights } from "./timeline/sights";
import type { Source } from "./timeline/source";
import { Timeline } from "./timeline/timeline";
import { heard, heardSoFar, noted, said, turnOver } from "./transcript";
import { beginning, ending, Voice } from "./voice";

const clock = (): number => performance.now() / 1000;

export class Conversation implements Source {
  readonly seconds = null;
  readonly timeline = new Timeline(clock());
  readonly recording: Recording;
  /** What the microphone hears of the user. */
  readonly voice: Voice;
  private readonly sights = new Sights(this.timeline);
  private readonly session: LiveSession;
  private readonly player: Promise<Player>;
  private playing: Player | null = null;
  private watching: AbortController | null = null;
  private interrupted = false;

  constructor(
    base: string,
    private readonly key: string,
    readonly setup: Setup,
    handle: string | null,
  ) {
    this.recording = new Recording(base, setup.model, new Date());
    this.session = new LiveSession(base, key, setup, this.events(), handle);
    this.voice = new Voice(
      this.manual,
      (realtimeInput) => this.session.send({ realtimeInput }),
      (chunk) => this.hear(chunk),
    );
    this.player = Player.open();
    void this.player.then((player) => {
      this.playing = player;
    });
    this.session.open();
  }

  /** On the page's axis. */
  now(): number {
    return clock() - this.timeline.began;
  }

  /** Whether the client itself says when its user speaks. */
  get manual(): boolean {
    return this.setup.realtimeInputConfig?.automaticActivityDetection?.disabled ?? false;
  }

  // What the user does

  type(text: string): void {
    heard(text);
    this.timeline.put("wrote", this.now(), this.now(), text);
    this.session.send({ realtimeInput: { text } });
  }

  /** A picture as JPEG, in base64. */
  show(data: string): void {
    this.timeline.mark("shown", this.now(), `a picture of ${Math.round((data.length * 3) / 4 / 1024)} KiB`);
    this.session.send({ realtimeInput: { video: { mimeType: "image/jpeg", data } } });
  }

  /** Sound from elsewhere than the microphone, as it comes in real time. */
  hear(chunk: Heard): void {
    const length = chunk.samples.length / chunk.rateHz;
    const began = this.sights.sent.add(this.now() - length, length);
    this.timeline.user.write(began, chunk.samples, chunk.rateHz);
    this.session.send({ realtimeInput: { audio: soundBlob(chunk) } });
  }

  streamBegins(): void {
    const told = beginning(this.manual);
    if (told) this.session.send({ realtimeInput: told });
  }

  streamEnds(): void {
    this.session.send({ realtimeInput: ending(this.manual) });
  }

  drop(): void {
    this.session.drop();
  }

  async close(): Promise<void> {
    forgetHandle();
    this.session.close();
    await (await this.player).close();
  }

  // What comes

  private events() {
    return {
      phase: (now: Phase, reason: string) => this.enter(now, reason),
      sent: (message: ClientMessage) => this.log("page", message),
      received: (message: ServerMessage) => this.take(message),
      dropped: () => this.dropped(),
    };
  }

  private dropped(): void {
    this.sights.lost();
    this.recording.note("dropped", "", this.now());
  }

  private enter(now: Phase, reason: string): void {
    const before = phase.value;
    if (before !== now) this.recordPhase(now, reason);
    phase.value = now;
    why.value = reason;
    if (now !== "open") this.disconnected();
    if (now === "closed") void this.voice.close(false);
    if (now === "mending" && before === "open") this.voice.lost();
    if (reason) this.mark("trouble", reason);
    if (reason && now === "closed") noted(reason);
  }

  private disconnected(): void {
    this.watching?.abort();
    this.sights.over(this.now());
    for (const kind of ["speech", "draft", "connected"] as const) this.timeline.end(kind, this.now());
  }

  private recordPhase(now: Phase, reason: string): void {
    if (now === "mending") this.recording.note("lost", reason, this.now());
    if (now === "open" && phase.value === "mending") this.recording.note("reconnected", "", this.now());
    if (now === "closed") this.recording.note("closed", "", this.now());
  }

  private take(message: ServerMessage): void {
    this.log("server", message);
    if (message.setupComplete) this.begin();
    if (message.serverContent) this.content(message.serverContent, message);
    if (message.toolCall) this.called(message.toolCall.functionCalls ?? [], message);
    if (message.goAway) this.mark("connection", `go away in ${message.goAway.timeLeft}`, message);
    if (message.sessionResumptionUpdate && this.session.handle) keepHandle(this.session.handle, this.setup);
    const usage = message.usageMetadata;
    if (!usage) return;
    const { prompt, response } = tokens.value;
    tokens.value = {
      prompt: prompt + (usage.promptTokenCount ?? 0),
      response: response + (usage.responseTokenCount ?? 0),
    };
  }

  private begin(): void {
    this.timeline.begin("connected", this.now(), "connected");
    this.mark("connection", "connected");
    this.sights.restart();
    this.watching?.abort();
    this.watching = new AbortController();
    void watch(this.session.name, this.key, (sight) => this.sights.see(sight, this.now()), this.watching.signal);
  }

  private content(content: ServerContent, message: ServerMessage): void {
    const { inputTranscription, outputTranscription, interimInputTranscription, interrupted, turnComplete } = content;
    if (interimInputTranscription?.text) heardSoFar(interimInputTranscription.text);
    if (inputTranscription?.text) this.understood(inputTranscription.text);
    if (outputTranscription?.text) this.speaks(outputTranscription.text);
    for (const part of content.modelTurn?.parts ?? []) {
      if (part.inlineData?.mimeType.startsWith("audio/")) this.sound(part.inlineData.data);
      else if (part.text && part.thought) this.timeline.grow("thought", this.now(), this.now(), part.text);
      else if (part.text) this.writes(part.text);
    }
    if (interrupted) this.interrupt(message);
    if (!turnComplete) return;
    this.mark("complete", content.turnCompleteReason ?? "turn complete", message);
    turnOver(this.interrupted);
    this.timeline.turnOver();
    this.sights.over(this.now());
    this.interrupted = false;
  }

  private understood(text: string): void {
    heard(text);
    const speech = this.timeline.latest("speech");
    this.timeline.grow("heard", speech?.from ?? this.now(), speech?.to ?? this.now(), text);
  }

  private speaks(text: string): void {
    said(text);
    const at = this.playing ? this.playing.next(clock()) - this.timeline.began : this.now();
    this.timeline.grow("said", at, at, text);
  }

  private writes(text: string): void {
    this.sights.sounds(this.now());
    this.speaks(text);
  }

  private sound(data: string): void {
    const samples = samplesOf(fromBase64(data));
    if (!this.playing) return;
    const from = this.playing.play(samples, clock()) - this.timeline.began;
    this.timeline.model.write(from, samples, SPEAKING_HZ);
    this.timeline.sounds(from + samples.length / SPEAKING_HZ);
    this.sights.sounds(from);
  }

  private interrupt(message: ServerMessage): void {
    this.interrupted = true;
    this.playing?.stop(clock());
    this.timeline.hush(this.now());
    this.mark("interrupted", "interrupted", message);
  }

  private called(calls: FunctionCall[], message: ServerMessage): void {
    const responses = calls.map(answer);
    const texts = calls.map(
      ({ name, args }, index) =>
        `${name}(${JSON.stringify(args ?? {})}) → ${JSON.stringify(responses[index]?.response)}`,
    );
    this.timeline.add({
      kind: "call",
      from: this.now(),
      to: this.now(),
      text: texts.join("; "),
      raw: readable(message),
    });
    this.session.send({ toolResponse: { functionResponses: responses } });
  }

  private mark(kind: "connection" | "complete" | "interrupted" | "trouble", text: string, message?: unknown): void {
    this.timeline.mark(kind, this.now(), text, message === undefined ? "" : readable(message));
  }

  private log(from: "page" | "server", message: ClientMessage | ServerMessage): void {
    this.recording.add(from === "page" ? "client" : "server", message, this.now());
    if (isSound(message)) return; // fifty a second would drive out all others
    const line = { id: nextId(), at: this.now(), from, text: readable(message) };
    frames.value = appended(frames.value, line, FRAMES_MAX);
  }
}
