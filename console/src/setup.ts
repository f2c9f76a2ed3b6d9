/** What the form asks for, as the setup the protocol knows. */

import type { FunctionDeclaration, RealtimeInputConfig, Setup } from "./live/messages";
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
  /** How readily speech is found, and its end; these and the next ones left empty are the server's business. */
  startSensitivity: "" | "START_SENSITIVITY_HIGH" | "START_SENSITIVITY_LOW";
  endSensitivity: "" | "END_SENSITIVITY_HIGH" | "END_SENSITIVITY_LOW";
  /** How long speech has to last to be taken for some, in ms. */
  prefixMs: string;
  /** How long a silence ends the speech, in ms. */
  silenceMs: string;
  /** What of the input belongs to the user's turn. */
  coverage: "" | NonNullable<RealtimeInputConfig["turnCoverage"]>;
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
  startSensitivity: "",
  endSensitivity: "",
  prefixMs: "",
  silenceMs: "",
  coverage: "",
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
  for (const [index, each] of list.entries()) {
    const wrong = faultOf(each, list.slice(0, index));
    if (wrong) return `tools[${index}]${wrong}`;
  }
  return list;
}

/** What is wrong with a declaration behind others, as the server would say it; empty when nothing is. */
function faultOf(declared: unknown, before: readonly FunctionDeclaration[]): string {
  if (typeof declared !== "object" || declared === null) return ": a function is an object with a name";
  const { name, parameters = {} } = declared as Partial<FunctionDeclaration>;
  if (typeof name !== "string" || !NAME.test(name)) return ".name: a function needs a name of letters, digits, _ . : -";
  if (before.some((other) => other.name === name)) return `.name: ${name} is declared twice`;
  if (typeof parameters !== "object" || parameters === null) return ".parameters: is a schema, an object";
  return "";
}

const NAME = /^[A-Za-z_][\w.:-]{0,127}$/;

/** Why a text is no number of milliseconds; empty when it is one, or none was wished. */
export function msFault(text: string): string {
  const fits = /^\d*$/.test(text.trim()) && Number(text) <= MS_MAX;
  return fits ? "" : `a whole number from 0 to ${MS_MAX}, or nothing`;
}

/** Of the server's, for both. */
const MS_MAX = 60_000;

/** Raises Error with what is wrong, as declarationsIn and msFault say it. */
export function setupOf(wishes: Wishes): Setup {
  const functions = functionsOf(wishes);
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

function functionsOf({ tools, builtIn }: Wishes): FunctionDeclaration[] {
  const declared = declarationsIn(tools);
  if (typeof declared === "string") throw new Error(declared);
  if (!builtIn) return declared;
  const offered = BUILT_IN.map(({ declaration }) => declaration);
  const own = new Set(declared.map(({ name }) => name));
  return [...offered.filter(({ name }) => !own.has(name)), ...declared]; // declared twice, the server refuses it
}

function activity({ manual, interrupts, coverage, ...wishes }: Wishes): Pick<Setup, "realtimeInputConfig"> {
  const detection = manual ? { disabled: true } : detectionOf(wishes);
  const config = {
    ...(Object.keys(detection).length > 0 && { automaticActivityDetection: detection }),
    ...(!interrupts && { activityHandling: "NO_INTERRUPTION" as const }),
    ...(coverage && { turnCoverage: coverage }),
  };
  return Object.keys(config).length > 0 ? { realtimeInputConfig: config } : {};
}

type Detection = NonNullable<RealtimeInputConfig["automaticActivityDetection"]>;
type Detecting = Pick<Wishes, "startSensitivity" | "endSensitivity" | "prefixMs" | "silenceMs">;

function detectionOf({ startSensitivity, endSensitivity, prefixMs, silenceMs }: Detecting): Detection {
  for (const text of [prefixMs, silenceMs]) if (msFault(text)) throw new Error(`${text}: ${msFault(text)}`);
  return {
    ...(startSensitivity && { startOfSpeechSensitivity: startSensitivity }),
    ...(endSensitivity && { endOfSpeechSensitivity: endSensitivity }),
    ...(prefixMs.trim() && { prefixPaddingMs: Number(prefixMs) }),
    ...(silenceMs.trim() && { silenceDurationMs: Number(silenceMs) }),
  };
}
