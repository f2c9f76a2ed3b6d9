/** What the form asks for, as the setup the protocol knows. */

import type { FunctionDeclaration, Setup } from "./live/messages";
import { BUILT_IN } from "./live/tools";

export interface Wishes {
  model: string;
  voice: string;
  language: string;
  instruction: string;
  modality: "AUDIO" | "TEXT";
  /** Declarations as JSON; empty for none. */
  tools: string;
  /** The two functions this page answers for. */
  builtIn: boolean;
  /** The client says when its user speaks. */
  manual: boolean;
  /** How long a silence ends the speech, in ms; empty leaves it to the server. */
  silenceMs: string;
  interrupts: boolean;
  resumes: boolean;
  compresses: boolean;
}

export const FIRST_WISHES: Wishes = {
  model: "models/gemini-2.5-flash-native-audio-preview-09-2025",
  voice: "",
  language: "",
  instruction: "",
  modality: "AUDIO",
  tools: "",
  builtIn: false,
  manual: false,
  silenceMs: "",
  interrupts: true,
  resumes: true,
  compresses: false,
};

/** The declared functions, or why the text is none of them. */
export function declarationsIn(text: string): FunctionDeclaration[] | string {
  if (!text.trim()) return [];
  let found: unknown;
  try {
    found = JSON.parse(text);
  } catch (error) {
    return `tools: ${(error as Error).message}`;
  }
  const list = Array.isArray(found) ? found : [found];
  const wrong = list.findIndex((each) => typeof each?.name !== "string" || !NAME.test(each.name));
  return wrong < 0 ? list : `tools[${wrong}].name: a function needs a name of letters, digits and _`;
}

const NAME = /^[A-Za-z_][\w.-]{0,63}$/;

/** Raises Error with what is wrong, as declarationsIn says it. */
export function setupOf(wishes: Wishes): Setup {
  const declared = declarationsIn(wishes.tools);
  if (typeof declared === "string") throw new Error(declared);
  const functions = [...(wishes.builtIn ? BUILT_IN.map(({ declaration }) => declaration) : []), ...declared];
  const spoken = wishes.modality === "AUDIO";
  return {
    model: wishes.model.trim(),
    generationConfig: {
      responseModalities: [wishes.modality],
      ...(spoken && speech(wishes)),
    },
    ...(wishes.instruction.trim() && { systemInstruction: { parts: [{ text: wishes.instruction }] } }),
    ...(functions.length > 0 && { tools: [{ functionDeclarations: functions }] }),
    ...activity(wishes),
    ...(wishes.resumes && { sessionResumption: {} }),
    ...(wishes.compresses && { contextWindowCompression: { slidingWindow: {} } }),
    inputAudioTranscription: {},
    ...(spoken && { outputAudioTranscription: {} }),
  };
}

function speech({ voice, language }: Wishes): Pick<NonNullable<Setup["generationConfig"]>, "speechConfig"> {
  if (!voice && !language) return {};
  return {
    speechConfig: {
      ...(voice && { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } }),
      ...(language && { languageCode: language }),
    },
  };
}

function activity({ manual, silenceMs, interrupts }: Wishes): Pick<Setup, "realtimeInputConfig"> {
  const detection = {
    ...(manual && { disabled: true }),
    ...(!manual && silenceMs && { silenceDurationMs: Number(silenceMs) }),
  };
  const config = {
    ...(Object.keys(detection).length > 0 && { automaticActivityDetection: detection }),
    ...(!interrupts && { activityHandling: "NO_INTERRUPTION" as const }),
  };
  return Object.keys(config).length > 0 ? { realtimeInputConfig: config } : {};
}
