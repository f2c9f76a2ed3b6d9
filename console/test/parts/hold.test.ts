import { describe, expect, it } from "vitest";
import { Hold } from "../../src/parts/hold";

function holding() {
  const did: string[] = [];
  const hold = new Hold(
    () => did.push("begin"),
    () => did.push("end"),
  );
  return { hold, did };
}

describe("what is held", () => {
  it("begins once and ends once, by the one that holds it", () => {
    const { hold, did } = holding();
    hold.press("pointer");
    hold.press("key");
    hold.release("key");
    expect(did).toEqual(["begin"]);
    hold.release("pointer");
    hold.release("pointer");
    expect(did).toEqual(["begin", "end"]);
    expect(hold.by.value).toBeNull();
  });

  it("is let go when it is out of sight, whatever holds it", () => {
    const { hold, did } = holding();
    hold.release();
    hold.press("key");
    hold.release();
    hold.release("key");
    expect(did).toEqual(["begin", "end"]);
  });
});
