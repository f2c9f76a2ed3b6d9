import { expect, it } from "vitest";
import { lines } from "../../src/live/watch";

it("lines are lines, wherever the network cuts them", async () => {
  const bytes = new TextEncoder().encode('{"a":"ü"}\n{"b":2}\n{"cut":');
  const body = new ReadableStream<Uint8Array<ArrayBuffer>>({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte));
      controller.close();
    },
  });
  const found = [];
  for await (const line of lines(body)) found.push(line);
  expect(found).toEqual(['{"a":"ü"}', '{"b":2}']);
});
