import { describe, expect, it } from "vitest";
import { SPAN_S_MAX, SPAN_S_MIN, View } from "../../src/timeline/view";

describe("a view", () => {
  it("follows the present until it is moved, and again when it is moved there", () => {
    const view = new View();
    expect(view.follows).toBe(true);
    view.move(-30, 100);
    expect(view.follows).toBe(false);
    const right = view.right(100);
    expect(view.right(200)).toBe(right);
    view.move(500, 200);
    expect(view.follows).toBe(true);
  });

  it("keeps what is under the pointer where it is", () => {
    const view = new View();
    view.hold(100);
    const under = () => view.right(100) - view.span * (1 - 0.25);
    const before = under();
    view.zoom(2, 0.25, 100);
    expect(under()).toBeCloseTo(before);
  });

  it("has limits", () => {
    const view = new View();
    view.zoom(1e6, 0, 0);
    expect(view.span).toBe(SPAN_S_MIN);
    view.zoom(1e-9, 0, 0);
    expect(view.span).toBe(SPAN_S_MAX);
  });

  it("of something that is over stays within it, and turns the page for what is played", () => {
    const view = new View(10, 60);
    expect(view.follows).toBe(false);
    expect(view.right(0)).toBe(10);
    view.move(-5, 0);
    expect(view.right(0)).toBe(10);
    view.move(500, 0);
    expect(view.right(0)).toBeCloseTo(60.4);
    view.move(-40, 0);
    expect(view.right(0)).toBeCloseTo(20.4);
    view.keep(20.3, 20.5);
    expect(view.right(0)).toBeCloseTo(30.1);
    view.keep(5, 5.1);
    expect(view.right(0)).toBeCloseTo(30.1);
  });
});
