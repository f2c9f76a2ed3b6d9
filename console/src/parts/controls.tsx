/** Talk, type, show: what the user does to a session. */

import { useState } from "preact/hooks";
import type { Conversation } from "../conversation";
import { film, jpegOf } from "../pictures";
import { playInto } from "../sound/file";
import { phase } from "../state";
import { noted } from "../transcript";
import { Talk } from "./talk";

interface Props {
  conversation: Conversation | null;
  /** The session there is, or a new one. */
  session(): Conversation | null;
  end(): Promise<void>;
}

/** Do what may not be allowed or may not work here; say why. */
async function attempt(what: string, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    noted(`${what}: ${(error as Error).message}`);
  }
}

export function Controls({ conversation, session, end }: Props) {
  const [text, setText] = useState("");
  const type = (event: Event) => {
    event.preventDefault();
    if (!text.trim()) return;
    session()?.type(text);
    setText("");
  };
  const drop = (event: DragEvent) => {
    event.preventDefault();
    for (const file of event.dataTransfer?.files ?? []) void take(file, session);
  };
  return (
    <section class="controls" aria-label="Talk" onDragOver={(event) => event.preventDefault()} onDrop={drop}>
      <Talk conversation={conversation} session={session} />
      <form onSubmit={type}>
        <input
          aria-label="A message"
          placeholder="or type a message"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
        <button type="submit">Send</button>
      </form>
      <label class="file">
        Send a file
        <input
          type="file"
          accept="audio/*,image/*"
          onChange={({ currentTarget }) => {
            for (const file of currentTarget.files ?? []) void take(file, session);
            currentTarget.value = "";
          }}
        />
      </label>
      <Film session={session} />
      <button type="button" disabled={phase.value === "closed"} onClick={end}>
        End
      </button>
      <p class="hint">A sound or a picture can be dropped here, too.</p>
    </section>
  );
}

async function take(file: File, session: Props["session"]): Promise<void> {
  const open = session();
  if (!open) return;
  await attempt(file.name, async () => {
    if (file.type.startsWith("image/")) {
      open.show(await jpegOf(file));
      noted(`${file.name} was shown`);
      return;
    }
    open.streamBegins();
    try {
      await playInto(file, (chunk) => open.hear(chunk));
    } finally {
      open.streamEnds();
    }
  });
}

function Film({ session }: Pick<Props, "session">) {
  const [stop, setStop] = useState<(() => void) | null>(null);
  const start = (what: string, from: () => Promise<MediaStream>) =>
    attempt(what, async () => {
      const open = session();
      if (!open) return;
      const end = await film(await from(), (jpeg) => open.show(jpeg));
      setStop(() => end);
    });
  if (stop) {
    const end = () => {
      stop();
      setStop(null);
    };
    return (
      <button type="button" aria-pressed="true" onClick={end}>
        Stop showing
      </button>
    );
  }
  const { mediaDevices } = navigator;
  return (
    <>
      <button type="button" onClick={() => start("The camera", () => mediaDevices.getUserMedia({ video: true }))}>
        Camera
      </button>
      <button type="button" onClick={() => start("The screen", () => mediaDevices.getDisplayMedia({ video: true }))}>
        Screen
      </button>
    </>
  );
}
