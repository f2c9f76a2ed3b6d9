// The Live API in a page, as its guide begins: a default client, one question, one answer in writing.

import { GoogleGenAI, Modality } from "@google/genai";

const ai = new GoogleGenAI({});
const responses = [];
let arrived = () => {};

const session = await ai.live.connect({
  model: "gemini-live-2.5-flash-preview",
  config: { responseModalities: [Modality.TEXT] },
  callbacks: {
    onmessage: (message) => {
      responses.push(message);
      arrived();
    },
    onerror: (event) => console.error("Error:", event.message),
  },
});

session.sendClientContent({ turns: "Hello how are you?" });
for (let done = false; !done; ) {
  while (responses.length === 0) await new Promise((resolve) => (arrived = resolve));
  const message = responses.shift();
  if (message.text) process.stdout.write(message.text);
  done = message.serverContent?.turnComplete ?? false;
}
session.close();
