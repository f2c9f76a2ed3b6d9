import { describe, expect, it } from "vitest";
import { codeFor } from "../src/code";
import { declarationsIn, FIRST_WISHES, msFault, setupOf, type Wishes } from "../src/setup";

/** All there is on the form, and nothing as it was. */
const ALL: Wishes = {
  model: "models/m",
  voice: "Puck",
  language: "en-US",
  instruction: 'Say "true" or null.',
  modality: "AUDIO",
  tools: '{"name": "open_door", "parameters": {"type": "OBJECT"}}',
  builtIn: true,
  manual: false,
  startSensitivity: "START_SENSITIVITY_LOW",
  endSensitivity: "END_SENSITIVITY_HIGH",
  prefixMs: "150",
  silenceMs: "400",
  coverage: "TURN_INCLUDES_ALL_INPUT",
  interrupts: false,
  resumes: true,
  compresses: true,
};

describe("the form", () => {
  it("asks for nothing that was not wished", () => {
    expect(setupOf({ ...FIRST_WISHES, model: "m", resumes: false })).toEqual({
      model: "m",
      generationConfig: { responseModalities: ["AUDIO"] },
      inputAudioTranscription: {},
      outputAudioTranscription: {},
    });
  });

  it("asks for all that was wished", () => {
    const { tools, ...rest } = setupOf(ALL);
    expect(rest).toEqual({
      model: "models/m",
      generationConfig: {
        responseModalities: ["AUDIO"],
        speechConfig: { voiceConfig: { prebuiltVoiceConfig: { voiceName: "Puck" } }, languageCode: "en-US" },
      },
      systemInstruction: { parts: [{ text: 'Say "true" or null.' }] },
      realtimeInputConfig: {
        automaticActivityDetection: {
          startOfSpeechSensitivity: "START_SENSITIVITY_LOW",
          endOfSpeechSensitivity: "END_SENSITIVITY_HIGH",
          prefixPaddingMs: 150,
          silenceDurationMs: 400,
        },
        activityHandling: "NO_INTERRUPTION",
        turnCoverage: "TURN_INCLUDES_ALL_INPUT",
      },
      sessionResumption: {},
      contextWindowCompression: { slidingWindow: {} },
      inputAudioTranscription: {},
      outputAudioTranscription: {},
    });
    const names = tools?.[0]?.functionDeclarations?.map(({ name }) => name);
    expect(names).toEqual(["get_time", "roll_dice", "open_door"]);
  });

  it("asks for words where they are wished, and not for the sound of them", () => {
    expect(setupOf({ ...ALL, modality: "TEXT" }).generationConfig).toEqual({ responseModalities: ["TEXT"] });
    expect(setupOf({ ...ALL, modality: "TEXT" }).outputAudioTranscription).toBeUndefined();
  });

  it("leaves resumption out when it is not wished", () => {
    expect(setupOf({ ...ALL, resumes: false }).sessionResumption).toBeUndefined();
  });

  it("lets a function of one's own stand for one of the page's", () => {
    const own = { name: "get_time", description: "of mine" };
    const [tool] = setupOf({ ...ALL, tools: JSON.stringify(own) }).tools ?? [];
    expect(tool?.functionDeclarations?.map(({ name }) => name)).toEqual(["roll_dice", "get_time"]);
    expect(tool?.functionDeclarations?.[1]).toEqual(own);
  });

  it("says what is no number of milliseconds, and where it counts does not go on with it", () => {
    expect(["", " 300 ", "0", "60000"].map(msFault)).toEqual(["", "", "", ""]);
    for (const text of ["soon", "-1", "1.5", "60001"]) {
      expect(msFault(text)).toContain("whole number");
      expect(() => setupOf({ ...ALL, silenceMs: text })).toThrow(text);
      expect(() => setupOf({ ...ALL, prefixMs: text })).toThrow(text);
      expect(() => setupOf({ ...ALL, silenceMs: text, manual: true })).not.toThrow();
    }
  });

  it("says where a function is none", () => {
    expect(declarationsIn("{")).toContain("tools: ");
    expect(declarationsIn('[{"name": "a"}, {"name": "no name"}]')).toContain("tools[1].name");
    expect(declarationsIn('{"name": "alone"}')).toEqual([{ name: "alone" }]);
    expect(declarationsIn("[null]")).toContain("tools[0]: ");
    expect(declarationsIn('[{"name": "a"}, {"name": "a"}]')).toBe("tools[1].name: a is declared twice");
    expect(declarationsIn('{"name": "a", "parameters": "none"}')).toContain("tools[0].parameters");
  });

  it("does not say how to find speech to a server that is told", () => {
    const config = setupOf({ ...ALL, manual: true, interrupts: true, coverage: "" }).realtimeInputConfig;
    expect(config).toEqual({ automaticActivityDetection: { disabled: true } });
  });
});

describe("its code", () => {
  const setup = setupOf({ ...FIRST_WISHES, manual: true, instruction: 'Say "true" or null.', voice: "Puck" });

  it("is the exact message as JSON", () => {
    expect(JSON.parse(codeFor("JSON", setup, "ws://h"))).toEqual({ setup });
  });

  it("holds all of the setup as JavaScript", () => {
    const { model, generationConfig, ...rest } = setupOf(ALL);
    const [, config] = /config: (.*),\n {2}callbacks/s.exec(codeFor("JavaScript", setupOf(ALL), "ws://h")) ?? [];
    expect(JSON.parse(config ?? "")).toEqual({ ...generationConfig, ...rest });
    expect(codeFor("JavaScript", setupOf(ALL), "ws://h")).toContain(`model: "${model}"`);
  });

  it("has Python's words, but not inside of text", () => {
    const code = codeFor("Python", setup, "ws://h");
    expect(code).toContain('"disabled": True');
    expect(code).toContain('Say \\"true\\" or null.');
  });
});
