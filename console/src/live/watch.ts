/** What the server alone knows of a session, line by line (docs/console.md): never part of the Live protocol. */

/** A stage of a turn, `at` seconds of the server's clock; positions are seconds of the sound the client sent. */
export type Sight =
  | { type: "hello"; at: number }
  | { type: "window"; at: number; position: number; probability: number }
  | { type: "judged"; at: number; pause: number; probability: number }
  | { type: "speech"; at: number; position: number }
  | { type: "drafted" | "withdrawn"; at: number }
  | { type: "decided"; at: number; position: number }
  | { type: "token" | "clause" | "sound"; at: number; turn: number }
  | {
      type: "turn";
      at: number;
      turn: number;
      drafted: boolean;
      wordsMs: number;
      tokenMs: number;
      clauseMs: number;
      voiceMs: number;
    };

/** Reads until the session ends or `signal` says so; a server that knows no such thing is no failure. */
export async function watch(
  name: string,
  key: string,
  see: (sight: Sight) => void,
  signal: AbortSignal,
): Promise<void> {
  const headers: HeadersInit = key ? { "x-goog-api-key": key } : {};
  try {
    const answer = await fetch(`/watch/${encodeURIComponent(name)}`, { headers, signal, cache: "no-store" });
    if (!answer.ok || !answer.body) return;
    for await (const line of lines(answer.body)) see(JSON.parse(line) as Sight);
  } catch (error) {
    if (!signal.aborted) console.info("the server's own view is not to be had", error);
  }
}

export async function* lines(body: ReadableStream<BufferSource>): AsyncGenerator<string> {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = "";
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const pieces = (rest + value).split("\n");
    rest = pieces.pop() ?? "";
    yield* pieces.filter((piece) => piece);
  }
}
