/** The timeline on the page: a canvas that is painted each frame, moved with pointer, wheel and keys. */

import { useEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../conversation";
import { draw, type Frame, frameOf, HEIGHT, markAt } from "../timeline/draw";
import { paletteOf } from "../timeline/palette";
import { type Mark, Timeline } from "../timeline/timeline";
import { View } from "../timeline/view";

const ZOOM = 1.5;
/** Of what is seen, by an arrow key. */
const STEP = 0.2;

/** Before the first session. */
const NOTHING = new Timeline(0);

interface Pointed {
  mark: Mark;
  x: number;
}

export function TimelinePanel({ conversation }: { conversation: Conversation | null }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [view] = useState(() => new View());
  const [follows, setFollows] = useState(true);
  const [pointed, setPointed] = useState<Pointed | null>(null);
  const frame = useRef<Frame | null>(null);
  const now = () => conversation?.now() ?? 0;

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    return painting(element, (context, width) => {
      frame.current = frameOf(context, width, view, now(), paletteOf(element));
      draw(frame.current, conversation?.timeline ?? NOTHING, now());
    });
  }, [conversation]);

  const moved = (change: () => void) => {
    change();
    setFollows(view.follows);
  };
  const key = (event: KeyboardEvent) => {
    const keys: Record<string, () => void> = {
      ArrowLeft: () => view.move(-STEP * view.span, now()),
      ArrowRight: () => view.move(STEP * view.span, now()),
      "+": () => view.zoom(ZOOM, 1, now()),
      "-": () => view.zoom(1 / ZOOM, 1, now()),
      " ": () => (view.follows ? view.hold(now()) : view.follow()),
    };
    const change = keys[event.key];
    if (!change) return;
    event.preventDefault();
    moved(change);
  };
  const wheel = (event: WheelEvent) => {
    event.preventDefault();
    const share = event.offsetX / (canvas.current?.clientWidth || 1);
    moved(() =>
      event.ctrlKey || Math.abs(event.deltaY) > Math.abs(event.deltaX)
        ? view.zoom(ZOOM ** (-event.deltaY / 100), share, now())
        : view.move((event.deltaX / 600) * view.span, now()),
    );
  };
  const point = (event: PointerEvent) => {
    if (event.buttons) {
      moved(() => view.move((-event.movementX / (canvas.current?.clientWidth || 1)) * view.span, now()));
      return;
    }
    const mark =
      conversation && frame.current && markAt(frame.current, conversation.timeline, event.offsetX, event.offsetY);
    setPointed(mark ? { mark, x: event.offsetX } : null);
  };

  return (
    <section class="timeline" aria-label="Timeline">
      <div class="bar">
        <h2>Timeline</h2>
        <button type="button" onClick={() => moved(() => view.zoom(1 / ZOOM, 1, now()))} aria-label="Show more time">
          −
        </button>
        <button type="button" onClick={() => moved(() => view.zoom(ZOOM, 1, now()))} aria-label="Show less time">
          +
        </button>
        <button type="button" onClick={() => moved(() => (view.follows ? view.hold(now()) : view.follow()))}>
          {follows ? "Pause" : "Follow"}
        </button>
      </div>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label="Both voices over time. Arrows move it, plus and minus zoom, space pauses."
        style={{ height: `${HEIGHT}px` }}
        onKeyDown={key}
        onWheel={wheel}
        onPointerMove={point}
        onPointerLeave={() => setPointed(null)}
      />
      {pointed && (
        <div class="tip" style={{ left: `max(0px, min(${pointed.x}px, 100% - 24rem))` }}>
          <b>{pointed.mark.text}</b> at {pointed.mark.at.toFixed(2)} s
          {pointed.mark.raw && <pre>{pointed.mark.raw}</pre>}
        </div>
      )}
    </section>
  );
}

/** Paint each frame, as sharp as the screen is; ends when the returned function is called. */
function painting(
  canvas: HTMLCanvasElement,
  paint: (context: CanvasRenderingContext2D, width: number) => void,
): () => void {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return () => {};
  let request = 0;
  const once = () => {
    const [ratio, width] = [devicePixelRatio, canvas.clientWidth];
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(HEIGHT * ratio)) canvas.height = Math.round(HEIGHT * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    paint(context, width);
    request = requestAnimationFrame(once);
  };
  once();
  return () => cancelAnimationFrame(request);
}
