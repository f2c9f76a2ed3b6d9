import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { act, asked, done, known, look, outside, trouble } from "../../src/operate/known";
import { enter } from "../../src/operate/server";

const STATE = { version: "1", draining: false, sessionsMax: 64, queues: {}, sessions: [] };
const page = { hidden: false };
const fetched = vi.fn<(path: string, init: RequestInit) => Promise<Response>>();

const said = (status: number, body: unknown): Promise<Response> =>
  Promise.resolve(new Response(JSON.stringify(body), { status }));
const refused = (status: number, message: string) => said(status, { error: { code: status, message } });

beforeEach(() => {
  vi.useFakeTimers();
  vi.stubGlobal("document", page);
  vi.stubGlobal("fetch", fetched);
  fetched.mockReset().mockImplementation(() => said(200, STATE));
  page.hidden = false;
  known.value = outside.value = null;
  trouble.value = done.value = "";
});

afterEach(() => {
  vi.clearAllTimers();
  vi.useRealTimers();
});

const seconds = (count: number) => vi.advanceTimersByTimeAsync(1_000 * count);

test("the server is asked each second while somebody looks", async () => {
  await look();
  await seconds(3);
  expect(fetched).toHaveBeenCalledTimes(4);
  expect(known.value).toEqual(STATE);
  page.hidden = true;
  await seconds(60);
  expect(fetched.mock.calls.length).toBeLessThanOrEqual(5);
  page.hidden = false;
  await look();
  await seconds(1);
  expect(fetched.mock.calls.length).toBeGreaterThanOrEqual(6);
});

test("nobody is asked twice at once", async () => {
  await Promise.all([look(), look(), look()]);
  expect(fetched).toHaveBeenCalledTimes(1);
});

test("without the key nothing is asked any more, and the key is wanted", async () => {
  fetched.mockImplementation(() => refused(401, "enter"));
  await look();
  await seconds(10);
  expect(fetched).toHaveBeenCalledTimes(1);
  expect([outside.value, known.value, trouble.value]).toEqual([true, null, ""]);
});

test("an entry that ends says so", async () => {
  await look();
  asked.value = { what: "End it?", why: "", yes: "End it", act: () => Promise.resolve() };
  fetched.mockImplementation(() => refused(401, "enter"));
  await act(() => enter("x"), "not said");
  expect([outside.value, known.value, asked.value, done.value]).toEqual([true, null, null, ""]);
  expect(trouble.value).toContain("has ended");
});

test("a server that is away is told of, and asked until it is back", async () => {
  await look();
  fetched.mockImplementation(() => Promise.reject(new TypeError("failed to fetch")));
  await seconds(2);
  expect(trouble.value).toBe("The server does not answer.");
  expect(known.value, "as it was last known").toEqual(STATE);
  fetched.mockImplementation(() => said(200, STATE));
  await seconds(1);
  expect(trouble.value).toBe("");
});

test("what a button came to stays until the next one", async () => {
  await look();
  fetched.mockImplementation((path) => (path.endsWith("state") ? said(200, STATE) : refused(404, "no such session")));
  await act(() => enter("x"), "not said");
  await seconds(2);
  expect([trouble.value, done.value]).toEqual(["no such session", ""]);
  fetched.mockImplementation(() => said(200, STATE));
  await act(() => enter("x"), "done");
  expect([trouble.value, done.value]).toEqual(["", "done"]);
});

test("a key goes out in a body and in no address", async () => {
  await enter("the key");
  const [path, init] = fetched.mock.calls[0] ?? [];
  expect([path, init?.method, init?.body]).toEqual(["/operate/enter", "POST", '{"key":"the key"}']);
});

test("an answer that is none is told of", async () => {
  fetched.mockImplementation(() => Promise.resolve(new Response("<html>", { status: 502 })));
  await look();
  expect(trouble.value).toBe("The server answered 502.");
});
