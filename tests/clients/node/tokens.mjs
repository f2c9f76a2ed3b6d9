// Ephemeral tokens through @google/genai as it is installed: node tokens.mjs BASE_URL KEY

import { GoogleGenAI, Modality } from "@google/genai";

const [baseUrl, key] = process.argv.slice(2);
const model = "gemini-live-2.5-flash-preview";

const client = (apiKey) => new GoogleGenAI({ apiKey, httpOptions: { baseUrl, apiVersion: "v1alpha" } });

// Asks for sound; what is locked answers in writing. Gives the answer, or the code of the close.
const said = (bearer) =>
  new Promise((resolve) => {
    let text = "", session;
    const connecting = bearer.live.connect({
      model,
      config: { responseModalities: [Modality.AUDIO] },
      callbacks: {
        onmessage: (message) => {
          text += message.text ?? "";
          if (message.setupComplete) connecting.then((opened) => (session = opened).sendRealtimeInput({ text: "hello" }));
          if (message.serverContent?.turnComplete) {
            resolve(text);
            session.close();
          }
        },
        onclose: (event) => resolve(String(event.code)),
      },
    });
  });

const liveConnectConstraints = { model, config: { responseModalities: [Modality.TEXT] } };
const token = async (more) =>
  client((await client(key).authTokens.create({ config: { uses: 1, liveConnectConstraints, ...more } })).name);

const whole = await token({});
const masked = await token({ lockAdditionalFields: ["temperature", "outputAudioTranscription"] });
const refused = await client("wrong").authTokens.create({ config: {} }).catch((error) => String(error.status));
const answers = [];
for (const bearer of [whole, whole, masked, client("wrong"), client(key)]) answers.push(await said(bearer));
console.log(JSON.stringify([refused, ...answers]));
process.exit(0);
