/** Something that goes on while a button or a key is held. However it is let go, it ends. */

import { signal } from "@preact/signals";

/** `click` is assistive technology's, which knows no holding: the first begins, the next ends. */
type By = "pointer" | "key" | "click";

export class Hold {
  /** What holds it; null when nothing does. */
  readonly by = signal<By | null>(null);

  constructor(
    private readonly begin: () => void,
    private readonly end: () => void,
  ) {}

  press(by: By): void {
    if (this.by.value) return;
    this.by.value = by;
    this.begin();
  }

  /** Let go what holds it, whatever that is, or only if it is this. */
  release(by = this.by.value): void {
    if (!by || this.by.value !== by) return;
    this.by.value = null;
    this.end();
  }

  /** Follow a button, and the keys; until the returned function is called. */
  follow(button: HTMLButtonElement): () => void {
    const following = new AbortController();
    const { signal } = following;
    const release = () => this.release();
    this.followPointer(button, signal);
    window.addEventListener("keydown", (event) => this.keyDown(event, button), { signal });
    window.addEventListener("keyup", (event) => this.keyUp(event), { signal });
    // Where the letting go happens out of sight of the page, it is told of no pointer and no key.
    window.addEventListener("blur", release, { signal });
    document.addEventListener("visibilitychange", release, { signal });
    button.addEventListener("blur", release, { signal });
    return () => {
      following.abort();
      release();
    };
  }

  private followPointer(button: HTMLButtonElement, signal: AbortSignal): void {
    const down = ({ pointerId, isPrimary, button: which }: PointerEvent) => {
      if (!isPrimary || which !== 0) return;
      button.setPointerCapture(pointerId); // it may be let go beside the button
      this.press("pointer");
    };
    const up = () => this.release("pointer");
    button.addEventListener("pointerdown", down, { signal });
    for (const name of ["pointerup", "pointercancel", "lostpointercapture"] as const)
      button.addEventListener(name, up, { signal });
    button.addEventListener("contextmenu", (event) => event.preventDefault(), { signal }); // of a long touch
    button.addEventListener("click", ({ detail }) => detail === 0 && this.click(), { signal });
  }

  private click(): void {
    if (this.by.value === "click") this.release();
    else this.press("click");
  }

  private keyDown(event: KeyboardEvent, button: HTMLButtonElement): void {
    if (!holds(event, button)) return;
    event.preventDefault(); // neither a click, nor does the page scroll
    if (!event.repeat) this.press("key");
  }

  private keyUp(event: KeyboardEvent): void {
    if (this.by.value !== "key" || !KEYS.has(event.key)) return;
    event.preventDefault(); // Firefox clicks now
    this.release("key");
  }
}

const KEYS = new Set([" ", "Enter"]);

/** Both keys on the button, and the space bar wherever it is of no other use. */
function holds({ key, target, altKey, ctrlKey, metaKey }: KeyboardEvent, button: HTMLButtonElement): boolean {
  if (!KEYS.has(key) || altKey || ctrlKey || metaKey) return false;
  if (target === button) return true;
  return key === " " && (target === document.body || (target instanceof HTMLInputElement && target.type === "radio"));
}
