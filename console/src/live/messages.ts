/** What goes over the socket, as far as the console reads or writes it (docs/protocol.md, 2 and 3). */

export interface Blob64 {
  mimeType: string;
  /** Base64. */
  data: string;
}

export interface Part {
  text?: string;
  thought?: boolean;
  inlineData?: Blob64;
}

export interface Content {
  role?: string;
  parts?: Part[];
}

/** A function the model may call; `parameters` is a schema of the OpenAPI kind. */
export interface FunctionDeclaration {
  name: string;
  description?: string;
  parameters?: unknown;
}

export interface Tool {
  functionDeclarations?: FunctionDeclaration[];
}

/** How sound becomes turns. */
export interface RealtimeInputConfig {
  automaticActivityDetection?: {
    disabled?: boolean;
    startOfSpeechSensitivity?: "START_SENSITIVITY_HIGH" | "START_SENSITIVITY_LOW";
    endOfSpeechSensitivity?: "END_SENSITIVITY_HIGH" | "END_SENSITIVITY_LOW";
    prefixPaddingMs?: number;
    silenceDurationMs?: number;
  };
  activityHandling?: "START_OF_ACTIVITY_INTERRUPTS" | "NO_INTERRUPTION";
  turnCoverage?:
    | "TURN_INCLUDES_ONLY_ACTIVITY"
    | "TURN_INCLUDES_ALL_INPUT"
    | "TURN_INCLUDES_AUDIO_ACTIVITY_AND_ALL_VIDEO";
}

export interface Setup {
  model: string;
  generationConfig?: {
    responseModalities?: ("AUDIO" | "TEXT")[];
    temperature?: number;
    speechConfig?: { voiceConfig?: { prebuiltVoiceConfig?: { voiceName?: string } }; languageCode?: string };
  };
  systemInstruction?: Content;
  tools?: Tool[];
  realtimeInputConfig?: RealtimeInputConfig;
  sessionResumption?: { handle?: string };
  contextWindowCompression?: { slidingWindow?: Record<string, never> };
  inputAudioTranscription?: Record<string, never>;
  outputAudioTranscription?: Record<string, never>;
}

export interface RealtimeInput {
  audio?: Blob64;
  video?: Blob64;
  text?: string;
  activityStart?: Record<string, never>;
  activityEnd?: Record<string, never>;
  audioStreamEnd?: boolean;
}

export interface FunctionResponse {
  id?: string;
  name: string;
  response: Record<string, unknown>;
}

/** One message to the server: one of these. */
export type ClientMessage =
  | { setup: Setup }
  | { realtimeInput: RealtimeInput }
  | { clientContent: { turns?: Content[]; turnComplete?: boolean } }
  | { toolResponse: { functionResponses: FunctionResponse[] } };

export interface FunctionCall {
  id?: string;
  name: string;
  args?: Record<string, unknown>;
}

export interface Usage {
  promptTokenCount?: number;
  responseTokenCount?: number;
  totalTokenCount?: number;
}

export interface ServerContent {
  modelTurn?: Content;
  inputTranscription?: { text?: string };
  outputTranscription?: { text?: string };
  interimInputTranscription?: { text?: string };
  generationComplete?: boolean;
  turnComplete?: boolean;
  turnCompleteReason?: string;
  interrupted?: boolean;
}

export interface ServerMessage {
  setupComplete?: { sessionId?: string };
  serverContent?: ServerContent;
  toolCall?: { functionCalls?: FunctionCall[] };
  toolCallCancellation?: { ids?: string[] };
  goAway?: { timeLeft?: string };
  sessionResumptionUpdate?: { newHandle?: string; resumable?: boolean };
  usageMetadata?: Usage;
}

/** The same message for people to read: sound and pictures are named, not printed. */
export function readable(message: unknown): string {
  return JSON.stringify(
    message,
    (key, value) => (key === "data" && typeof value === "string" ? sizeOf(value) : value),
    2,
  );
}

function sizeOf(base64: string): string {
  return `(${Math.floor((base64.length * 3) / 4)} bytes)`;
}

/** Whether it carries sound, of which there are many in a second. */
export function isSound(message: ClientMessage | ServerMessage): boolean {
  if ("realtimeInput" in message) return message.realtimeInput.audio !== undefined;
  return "serverContent" in message && message.serverContent?.modelTurn?.parts?.[0]?.inlineData !== undefined;
}
