/** The timeline on the page: a canvas that is painted each frame, moved with pointer, wheel and keys. */

import { useEffect, useMemo, useRef, useState } from "preact/hooks";
import { shown } from "../state";
import { draw } from "../timeline/draw";
import { Frame, type Spot } from "../timeline/frame";
import { Lanes } from "../timeline/lanes";
import { paletteOf } from "../timeline/palette";
import type { Source } from "../timeline/source";
import { SPAN_S_MIN, View } from "../timeline/view";

const ZOOM = 1.5;
/** Of what is seen, by an arrow key. */
const STEP = 0.2;
/** Seconds of a recording that are seen at first. */
const RECORDED_S = 45;
/** Behind the end of a short one there is room for its last words. */
const ROOM = 1.06;
/** A click that moved farther than this dragged, in pixels. */
const DRAG = 4;

export function TimelinePanel({ source }: { source: Source }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const frame = useRef<Frame | null>(null);
  const dragged = useRef(0);
  // A recording is looked at from its beginning; the next session as the one before it.
  const view = useMemo(() => viewOf(source), [source.seconds === null ? null : source]);
  const [follows, setFollows] = useState(view.follows);
  const [spot, setSpot] = useState<Spot | null>(null);
  const now = () => source.now();

  useEffect(() => {
    const element = canvas.current;
    if (!element) return;
    let played = now();
    return painting(element, (context, width) => {
      if (source.seconds !== null) view.keep(played, now());
      played = now();
      frame.current = new Frame(context, width, Lanes.of(source.timeline), paletteOf(element), view, played);
      draw(frame.current, source.timeline);
      return frame.current.lanes.height;
    });
  }, [source]);

  const moved = (change: () => void) => {
    change();
    setFollows(view.follows);
  };
  const drag = (pixels: number) => moved(() => view.move(-pixels / (frame.current?.pixelsPerS ?? 1), now()));
  const zoom = (factor: number, share = 0.5) => moved(() => view.zoom(factor, share, now()));
  const pause = () => moved(() => (view.follows ? view.hold(now()) : view.follow()));
  const key = (event: KeyboardEvent) => {
    const keys: Record<string, () => void> = {
      ArrowLeft: () => moved(() => view.move(-STEP * view.span, now())),
      ArrowRight: () => moved(() => view.move(STEP * view.span, now())),
      "+": () => zoom(ZOOM),
      "-": () => zoom(1 / ZOOM),
      ...(source.seconds === null && { " ": pause }),
    };
    const change = keys[event.key];
    if (!change) return;
    event.preventDefault();
    change();
  };
  const wheel = (event: WheelEvent) => {
    const sideways = !event.ctrlKey && Math.abs(event.deltaX) > Math.abs(event.deltaY);
    event.preventDefault();
    const share = event.offsetX / (canvas.current?.clientWidth || 1);
    if (sideways) drag(-event.deltaX);
    else zoom(ZOOM ** (-event.deltaY / 100), share);
  };
  const point = (event: PointerEvent) => {
    if (event.buttons) {
      dragged.current += Math.abs(event.movementX);
      drag(event.movementX);
    } else setSpot(frame.current?.spotAt(event.offsetX, event.offsetY) ?? null);
  };
  const click = (event: MouseEvent) => {
    if (dragged.current < DRAG && frame.current) source.seek?.(frame.current.at(event.offsetX));
  };

  return (
    <section class="timeline" aria-label="Timeline">
      <div class="bar">
        <h2>Timeline</h2>
        <button type="button" onClick={() => zoom(1 / ZOOM)} aria-label="Show more time">
          −
        </button>
        <button type="button" onClick={() => zoom(ZOOM)} aria-label="Show less time">
          +
        </button>
        {source.seconds === null && (
          <button type="button" onClick={pause}>
            {follows ? "Pause" : "Follow"}
          </button>
        )}
      </div>
      <canvas
        ref={canvas}
        tabIndex={0}
        role="img"
        aria-label="Both voices over time. Arrows move it, plus and minus zoom. What was said is listed below."
        onKeyDown={key}
        onWheel={wheel}
        onPointerDown={() => {
          dragged.current = 0;
        }}
        onPointerMove={point}
        onClick={click}
        onPointerLeave={() => setSpot(null)}
      />
      {spot && <Tip spot={spot} />}
    </section>
  );
}

function viewOf({ seconds }: Source): View {
  return seconds === null ? new View() : new View(Math.max(SPAN_S_MIN, Math.min(ROOM * seconds, RECORDED_S)), seconds);
}

function Tip({ spot }: { spot: Spot }) {
  const style = { left: `max(0px, min(${spot.x}px, 100% - 24rem))`, top: `${spot.y + spot.height + TIP_BELOW}px` };
  return (
    <div class="tip" style={style}>
      <b>{shown(spot.text)}</b> at {spot.at.toFixed(2)} s{spot.raw && <pre dir="auto">{shown(spot.raw)}</pre>}
    </div>
  );
}

/** The canvas begins below the heading; the tip a little below what it is about. */
const TIP_BELOW = 64;

/** Paint each frame, as sharp as the screen is and as high as it gets; ends when the returned function is called. */
function painting(
  canvas: HTMLCanvasElement,
  paint: (context: CanvasRenderingContext2D, width: number) => number,
): () => void {
  const context = canvas.getContext("2d", { alpha: false });
  if (!context) return () => {};
  let request = 0;
  let height = 0;
  const once = () => {
    const [ratio, width] = [devicePixelRatio, canvas.clientWidth];
    if (canvas.width !== Math.round(width * ratio)) canvas.width = Math.round(width * ratio);
    if (canvas.height !== Math.round(height * ratio)) canvas.height = Math.round(height * ratio);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    const wanted = paint(context, width);
    if (wanted !== height) {
      height = wanted;
      canvas.style.height = `${height}px`;
    }
    request = requestAnimationFrame(once);
  };
  once();
  return () => cancelAnimationFrame(request);
}
