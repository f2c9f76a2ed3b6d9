// A spoken conversation through @google/genai as it is installed: node converse.mjs BASE_URL PCM_FILE...

import { readFileSync } from "node:fs";
import { GoogleGenAI, Modality } from "@google/genai";

const CHUNK_BYTES = 3_200;
const [baseUrl, ...files] = process.argv.slice(2);
const silence = Buffer.alloc(32_000);

let turn, turnEnded, done;

function receive(message) {
  turn.audio_bytes += Buffer.from(message.data ?? "", "base64").length;
  const content = message.serverContent ?? {};
  turn.heard += content.inputTranscription?.text ?? "";
  turn.said += content.outputTranscription?.text ?? "";
  turn.tokens = message.usageMetadata?.totalTokenCount ?? 0;
  if (content.turnComplete) turnEnded();
}

const ai = new GoogleGenAI({ apiKey: "any", httpOptions: { baseUrl } });
const session = await ai.live.connect({
  model: "gemini-live-2.5-flash-preview",
  config: { responseModalities: [Modality.AUDIO], inputAudioTranscription: {}, outputAudioTranscription: {} },
  callbacks: {
    onmessage: (message) => turn && receive(message),
    onclose: (event) => {
      if (done) return;
      console.error(`closed with ${event.code}: ${event.reason}`);
      process.exit(1);
    },
  },
});

for (const file of files) {
  turn = { heard: "", said: "", audio_bytes: 0, tokens: 0 };
  const ended = new Promise((resolve) => (turnEnded = resolve));
  const sound = Buffer.concat([readFileSync(file), silence]);
  for (let at = 0; at < sound.length; at += CHUNK_BYTES) {
    const data = sound.subarray(at, at + CHUNK_BYTES).toString("base64");
    session.sendRealtimeInput({ audio: { data, mimeType: "audio/pcm;rate=16000" } });
  }
  await ended;
  console.log(JSON.stringify(turn));
}
done = true;
session.close();
