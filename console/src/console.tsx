/** The page at `/`. */

import { signal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { Conversation } from "./conversation";
import { forgetHandle, keptHandle } from "./keep/handle";
import { ownServer } from "./live/socket";
import { Pages } from "./pages";
import { Controls } from "./parts/controls";
import { Figures } from "./parts/figures";
import { FramesPanel } from "./parts/frames";
import { KeepPanel } from "./parts/keep";
import { KeyPanel, key } from "./parts/key";
import { change, SetupPanel, wishes } from "./parts/setup";
import { TimelinePanel } from "./parts/timeline";
import { Transcript } from "./parts/transcript";
import { TryPanel } from "./parts/try";
import { opened } from "./recorded/open";
import type { Recorded } from "./recorded/recorded";
import { RecordedSession } from "./recorded/session";
import { setupOf } from "./setup";
import { holdsToTalk, phase, why } from "./state";
import type { Source } from "./timeline/source";
import { Timeline } from "./timeline/timeline";
import { noted } from "./transcript";

const base = ownServer(location);
const conversation = signal<Conversation | null>(null);

/** The session there is, or a new one as the form asks. */
function session(): Conversation | null {
  if (conversation.value && phase.value !== "closed") return conversation.value;
  return begin(key.value);
}

/** Begin a new one. */
function begin(key: string): Conversation | null {
  try {
    const setup = setupOf(wishes.value);
    void conversation.value?.close();
    conversation.value = new Conversation(base, key, setup, null);
  } catch (error) {
    noted((error as Error).message);
    return null;
  }
  return conversation.value;
}

async function end(): Promise<void> {
  await conversation.value?.close();
  forgetHandle();
}

function resume(): void {
  const kept = keptHandle();
  if (!kept) return;
  noted("Going on where the page was left.");
  conversation.value = new Conversation(base, key.value, kept.setup, kept.handle);
  holdsToTalk.value = conversation.value.manual;
  change({ manual: holdsToTalk.value });
}

/** Before the first session. */
const NOTHING: Source = { timeline: new Timeline(0), seconds: null, now: () => 0 };

const PHASES = { closed: "not connected", opening: "connecting…", open: "connected", mending: "reconnecting…" };

function Page() {
  return (
    <>
      <header>
        <h1>antiphon</h1>
        <Pages here="Console" />
        <span class={`phase ${phase.value}`} role="status">
          {PHASES[phase.value]}
          {why.value && `: ${why.value}`}
        </span>
        <Figures />
      </header>
      <main class={opened.value ? "recorded" : ""}>
        {opened.value ? <Opened recorded={opened.value} /> : <Session />}
        <Controls conversation={conversation.value} session={session} end={end} />
        <div class="panels">
          <KeyPanel />
          <SetupPanel base={base} open={phase.value !== "closed"} />
          <TryPanel conversation={conversation.value} begin={begin} />
          <KeepPanel conversation={conversation.value} />
          <FramesPanel />
        </div>
      </main>
    </>
  );
}

function Session() {
  return (
    <>
      <TimelinePanel source={conversation.value ?? NOTHING} />
      <Transcript />
    </>
  );
}

/** A recording to look at, instead of the session, which goes on meanwhile: so its controls stay. */
function Opened({ recorded }: { recorded: Recorded }) {
  const closing = useRef<HTMLButtonElement>(null);
  // It was chosen far below, in the panel Keep.
  useEffect(() => closing.current?.focus(), [recorded]);
  const close = () => {
    opened.value = null;
  };
  return (
    <>
      <div class="panels">
        <button type="button" ref={closing} onClick={close}>
          Close the recording
        </button>
      </div>
      <RecordedSession recorded={recorded} />
    </>
  );
}

render(<Page />, document.body);
resume();

// For those who look at a session from the browser's own console, and for tests.
Object.defineProperty(globalThis, "antiphon", {
  value: {
    get conversation() {
      return conversation.value;
    },
  },
});
