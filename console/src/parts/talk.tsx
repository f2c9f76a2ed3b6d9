/** Two ways to talk, and one button that does it. */

import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import type { Conversation } from "../conversation";
import { holdsToTalk, muted, phase, talking } from "../state";
import { noted } from "../transcript";
import type { Voice } from "../voice";
import { Hold } from "./hold";
import { change } from "./setup";

interface Props {
  conversation: Conversation | null;
  /** The session there is, or a new one. */
  session(): Conversation | null;
}

export function Talk({ conversation, session }: Props) {
  const voice = useRef<Voice | null>(null);
  const begin = async () => {
    try {
      voice.current = session()?.voice ?? null;
      await voice.current?.begin();
    } catch (error) {
      noted(`The microphone: ${(error as Error).message}`);
    }
  };
  const choose = (holds: boolean) => {
    void voice.current?.close();
    holdsToTalk.value = holds;
    change({ manual: holds }); // who holds a button says himself when he has finished, if the next session lets him
  };
  const running = phase.value === "closed" ? null : conversation;
  return (
    <div class="talking">
      <fieldset class="segments">
        <legend class="unseen">How to talk</legend>
        <Segment holds={false} choose={choose}>
          Hands-free
        </Segment>
        <Segment holds={true} choose={choose}>
          Hold to talk
        </Segment>
      </fieldset>
      {holdsToTalk.value ? (
        <HoldButton key="hold" begin={begin} end={() => voice.current?.end()} />
      ) : (
        <TalkButton key="talk" begin={begin} end={() => voice.current?.close()} />
      )}
      {!holdsToTalk.value && <MuteButton mute={(on) => voice.current?.mute(on)} />}
      <p class="hint" id="how-to-talk">
        {muted.value ? MUTED : hint(holdsToTalk.value, running?.manual ?? holdsToTalk.value)}
      </p>
    </div>
  );
}

const MUTED = "Muted: the session and the microphone stay open, and nothing of you is heard.";

/** `manual` is the session's way, which may be another than the user's when it was set up otherwise. */
export function hint(holds: boolean, manual: boolean): string {
  if (holds)
    return manual
      ? "Hold the button or the space bar while you speak."
      : "Hold the button or the space bar while you speak. A pause ends your turn, too.";
  return manual
    ? "This session has to be told: press again when you have finished."
    : "Just talk: the server hears when you have finished, and you can interrupt it.";
}

function Segment(props: { holds: boolean; choose(holds: boolean): void; children: ComponentChildren }) {
  const { holds, choose, children } = props;
  return (
    <label>
      <input type="radio" name="talk" checked={holdsToTalk.value === holds} onChange={() => choose(holds)} />
      <span>{children}</span>
    </label>
  );
}

interface Button {
  begin(): void;
  end(): void;
}

function TalkButton({ begin, end }: Button) {
  return (
    <button
      type="button"
      class="talk"
      aria-pressed={talking.value}
      aria-describedby="how-to-talk"
      onClick={talking.value ? end : begin}
    >
      {talking.value ? "Stop talking" : "Talk"}
    </button>
  );
}

function HoldButton({ begin, end }: Button) {
  const button = useRef<HTMLButtonElement>(null);
  const [hold] = useState(() => new Hold(begin, end));
  // At once, not behind the next frame: the hand that chose may be on the space bar already.
  useLayoutEffect(() => (button.current ? hold.follow(button.current) : undefined), [hold]);
  const waiting = hold.by.value ? "One moment…" : "Hold and speak";
  return (
    <button type="button" class="talk hold" ref={button} aria-pressed={talking.value} aria-describedby="how-to-talk">
      {talking.value ? "Release to send" : waiting}
    </button>
  );
}

function MuteButton({ mute }: { mute(on: boolean): void }) {
  return (
    <button
      type="button"
      class="mute"
      disabled={!talking.value}
      aria-pressed={muted.value}
      onClick={() => mute(!muted.value)}
    >
      Mute
    </button>
  );
}
