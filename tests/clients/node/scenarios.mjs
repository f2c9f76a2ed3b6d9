// One scenario through @google/genai as it is installed: node scenarios.mjs BASE_URL SCENARIO PCM_FILE
// Prints one JSON line of what the client saw. `resumption` prints another before it, when the server may be killed.

import { readFileSync } from "node:fs";
import { Behavior, FunctionResponseScheduling, GoogleGenAI, Modality, Type } from "@google/genai";

const MODEL = "gemini-live-2.5-flash-preview";
const QUESTION = "Where is the nearest train station?";
const CALL = "call get_weather with city=Paris";
const FRAME = new URL("../frame.jpg", import.meta.url);
const CHUNK_BYTES = 3_200;
const SILENCE = Buffer.alloc(32_000);
const WAIT_MS = 60_000;
const WEATHER = {
  name: "get_weather",
  description: "The weather of a city",
  parameters: { type: Type.OBJECT, properties: { city: { type: Type.STRING } }, required: ["city"] },
};

const [baseUrl, scenario, file] = process.argv.slice(2);
const sound = readFileSync(file);
const client = (how = { apiKey: "any" }, apiVersion = undefined) =>
  new GoogleGenAI({ ...how, httpOptions: { baseUrl, apiVersion } });

// A session, and what it took in turn by turn.
class Conversation {
  inbox = [];
  arrived = () => {};
  closed = false;

  static async open(config = {}, ai = client()) {
    const talk = new Conversation();
    const receive = (message) => {
      talk.inbox.push(message);
      talk.arrived();
    };
    const close = (event) => {
      if (!talk.session) fail(new Error(`closed with ${event.code} before setupComplete: ${event.reason}`));
      talk.closed = true;
      talk.arrived();
    };
    talk.session = await ai.live.connect({
      model: MODEL,
      config: {
        responseModalities: [Modality.AUDIO],
        inputAudioTranscription: {},
        outputAudioTranscription: {},
        ...config,
      },
      callbacks: { onmessage: receive, onclose: close, onerror: () => {} },
    });
    return talk;
  }

  ask(text) {
    this.session.sendClientContent({ turns: text, turnComplete: true });
  }

  say(pcm) {
    for (let at = 0; at < pcm.length; at += CHUNK_BYTES) {
      const data = pcm.subarray(at, at + CHUNK_BYTES).toString("base64");
      this.session.sendRealtimeInput({ audio: { data, mimeType: "audio/pcm;rate=16000" } });
    }
  }

  // The next message; none when the socket is closed.
  async next() {
    while (this.inbox.length === 0 && !this.closed) await new Promise((resolve) => (this.arrived = resolve));
    const message = this.inbox.shift();
    if (message?.serverContent?.turnComplete) this.handle = undefined; // the next one holds this turn
    this.handle = message?.sessionResumptionUpdate?.newHandle ?? this.handle;
    this.goAway = message?.goAway?.timeLeft ?? this.goAway;
    return message;
  }

  // One turn; a call is answered, and the first sound is talked over if there is a sound for it.
  async turn({ bargeIn, ...answer } = {}) {
    const seen = { heard: "", said: "", text: "", audio_bytes: 0, tokens: 0, interrupted: false, calls: [] };
    for (let message; (message = await this.next()); ) {
      const content = message.serverContent ?? {};
      for (const part of content.modelTurn?.parts ?? []) {
        seen.text += part.text ?? "";
        seen.audio_bytes += Buffer.from(part.inlineData?.data ?? "", "base64").length;
      }
      seen.heard += content.inputTranscription?.text ?? "";
      seen.said += content.outputTranscription?.text ?? "";
      seen.interrupted ||= content.interrupted ?? false;
      seen.tokens = message.usageMetadata?.promptTokenCount ?? seen.tokens;
      if (message.toolCall) this.answer(message.toolCall.functionCalls, seen, answer);
      if (bargeIn && seen.audio_bytes) {
        this.say(bargeIn);
        bargeIn = undefined;
      }
      if (content.turnComplete) return seen;
    }
    throw new Error("closed within a turn");
  }

  answer(calls, seen, answer) {
    seen.calls.push(...calls.map(({ name, args }) => ({ name, args })));
    const functionResponses = calls.map(({ id, name }) => ({ id, name, response: { weather: "sunny" }, ...answer }));
    this.session.sendToolResponse({ functionResponses });
  }

  async until(told) {
    while (!told(this)) if (!(await this.next())) throw new Error("closed before it was told");
  }

  async untilClosed() {
    while (await this.next());
  }
}

async function text(ai) {
  const talk = await Conversation.open({ responseModalities: [Modality.TEXT] }, ai);
  talk.ask(QUESTION);
  return { turns: [await talk.turn()] };
}

async function audio() {
  const talk = await Conversation.open();
  talk.say(Buffer.concat([sound, SILENCE]));
  return { turns: [await talk.turn()] };
}

async function tools(behavior, answer) {
  const talk = await Conversation.open({ tools: [{ functionDeclarations: [{ ...WEATHER, behavior }] }] });
  talk.ask(CALL);
  const turns = [await talk.turn(answer)];
  if (!turns[0].audio_bytes) turns.push(await talk.turn()); // the turn ended with the call; the answer is the next
  return { turns };
}

const scenarios = {
  audio,
  transcription: audio,
  text: () => text(),
  developer: () => text(),
  vertex: () => text(client({ vertexai: true, project: "my-project", location: "us-central1" })),
  express: () => text(client({ vertexai: true, apiKey: "any" })),

  async manual() {
    const talk = await Conversation.open({ realtimeInputConfig: { automaticActivityDetection: { disabled: true } } });
    talk.session.sendRealtimeInput({ activityStart: {} });
    talk.say(sound);
    talk.session.sendRealtimeInput({ activityEnd: {} });
    return { turns: [await talk.turn()] };
  },

  async interruption() {
    const talk = await Conversation.open();
    talk.ask("count to 400");
    const cutOff = await talk.turn({ bargeIn: Buffer.concat([sound, SILENCE]) });
    return { turns: [cutOff, await talk.turn()] };
  },

  tools_blocking: () => tools(undefined, {}),
  tools_non_blocking: () => tools(Behavior.NON_BLOCKING, { scheduling: FunctionResponseScheduling.WHEN_IDLE }),

  async video() {
    const talk = await Conversation.open({ responseModalities: [Modality.TEXT] });
    const data = readFileSync(FRAME).toString("base64");
    talk.session.sendRealtimeInput({ video: { data, mimeType: "image/jpeg" } });
    talk.session.sendRealtimeInput({ text: QUESTION });
    return { turns: [await talk.turn()] };
  },

  async resumption() {
    const before = await Conversation.open({ sessionResumption: {} });
    before.ask(QUESTION);
    const first = await before.turn();
    await before.until((talk) => talk.handle);
    tell({ ready: true });
    await before.untilClosed();
    const after = await Conversation.open({ sessionResumption: { handle: before.handle } });
    after.ask(QUESTION);
    return { turns: [first, await after.turn()] };
  },

  async go_away() {
    const talk = await Conversation.open({ sessionResumption: {} });
    talk.ask(QUESTION);
    const turns = [await talk.turn()];
    await talk.until(({ goAway }) => goAway);
    talk.ask(QUESTION);
    return { turns: [...turns, await talk.turn()], go_away: talk.goAway };
  },

  async token() {
    const token = await client(undefined, "v1alpha").authTokens.create({ config: { uses: 1 } });
    const seen = await text(client({ apiKey: token.name }, "v1alpha"));
    return { ...seen, token: token.name.startsWith("auth_tokens/") };
  },
};

function tell(seen) {
  process.stdout.write(JSON.stringify(seen) + "\n");
}

function fail(error) {
  console.error(error);
  process.exit(1);
}

setTimeout(() => fail(new Error(`no answer in ${WAIT_MS} ms`)), WAIT_MS).unref();
scenarios[scenario]().then((seen) => {
  process.stdout.write(JSON.stringify(seen) + "\n", () => process.exit(0));
}, fail);
