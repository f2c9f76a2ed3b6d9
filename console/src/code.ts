/** The same setup as a program: what to copy when the form has what one wants. */

import type { Setup } from "./live/messages";

export const KINDS = ["JSON", "Python", "JavaScript", "antiphon"] as const;
export type Kind = (typeof KINDS)[number];

/** A whole program, but for JSON; `base` is the URL of this server. */
export function codeFor(kind: Kind, setup: Setup, base: string): string {
  return { JSON: json, Python: python, JavaScript: javascript, antiphon }[kind](setup, base);
}

/** What follows `model` in a setup, as the SDKs take it: generation settings stand among the others. */
function configOf({ model: _, generationConfig, ...rest }: Setup): Record<string, unknown> {
  return { ...generationConfig, ...rest };
}

function json(setup: Setup): string {
  return JSON.stringify({ setup }, null, 2);
}

function python(setup: Setup): string {
  return `# antiphon run -- python this.py
import asyncio

from google import genai

CONFIG = ${pythonValue(configOf(setup))}


async def main():
    client = genai.Client()
    async with client.aio.live.connect(model=${JSON.stringify(setup.model)}, config=CONFIG) as session:
        await session.send_realtime_input(text="Hello!")
        async for message in session.receive():
            content = message.server_content
            if content and content.output_transcription:
                print(content.output_transcription.text)
            elif message.text:
                print(message.text)


asyncio.run(main())
`;
}

function javascript(setup: Setup): string {
  return `// antiphon run -- node this.mjs
import { GoogleGenAI } from "@google/genai";

const client = new GoogleGenAI({});
const session = await client.live.connect({
  model: ${JSON.stringify(setup.model)},
  config: ${indented(JSON.stringify(configOf(setup), null, 2))},
  callbacks: {
    onmessage({ text, serverContent }) {
      const said = text ?? serverContent?.outputTranscription?.text;
      if (said) console.log(said);
      if (serverContent?.turnComplete) session.close();
    },
  },
});
session.sendRealtimeInput({ text: "Hello!" });
`;
}

function antiphon(setup: Setup, base: string): string {
  return `import msgspec

from antiphon.client.blocking import connect
from antiphon.wire.setup import Setup

SETUP = ${pythonValue(setup)}

with connect(${JSON.stringify(base)}, setup=msgspec.convert(SETUP, Setup)) as session:
    print(session.write("Hello!").text)
`;
}

function indented(text: string): string {
  return text.replaceAll("\n", "\n  ");
}

/** JSON differs from Python in three words; inside of strings they stay. */
function pythonValue(value: unknown): string {
  return JSON.stringify(value, null, 4).replace(
    /"(?:[^"\\]|\\.)*"|\btrue\b|\bfalse\b|\bnull\b/g,
    (found) => WORDS[found] ?? found,
  );
}

const WORDS: Record<string, string> = { true: "True", false: "False", null: "None" };
