import { describe, expect, it } from "vitest";
import { codeFor } from "../src/code";
import { declarationsIn, FIRST_WISHES, setupOf } from "../src/setup";

describe("the form", () => {
  it("asks for nothing that was not wished", () => {
    expect(setupOf({ ...FIRST_WISHES, model: "m", resumes: false })).toEqual({
      model: "m",
      generationConfig: { responseModalities: ["AUDIO"] },
      inputAudioTranscription: {},
      outputAudioTranscription: {},
    });
  });

  it("says where a function is none", () => {
    expect(declarationsIn("{")).toContain("tools: ");
    expect(declarationsIn('[{"name": "a"}, {"name": "no name"}]')).toContain("tools[1].name");
    expect(declarationsIn('{"name": "alone"}')).toEqual([{ name: "alone" }]);
  });

  it("leaves the end of speech to the page in push to talk", () => {
    const setup = setupOf({ ...FIRST_WISHES, manual: true, silenceMs: "300" });
    expect(setup.realtimeInputConfig).toEqual({ automaticActivityDetection: { disabled: true } });
  });
});

describe("its code", () => {
  const setup = setupOf({ ...FIRST_WISHES, manual: true, instruction: 'Say "true" or null.', voice: "Puck" });

  it("is the exact message as JSON", () => {
    expect(JSON.parse(codeFor("JSON", setup, "ws://h"))).toEqual({ setup });
  });

  it("has Python's words, but not inside of text", () => {
    const code = codeFor("Python", setup, "ws://h");
    expect(code).toContain('"disabled": True');
    expect(code).toContain('Say \\"true\\" or null.');
  });
});
