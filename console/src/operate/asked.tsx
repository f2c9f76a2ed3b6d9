/** Asks back before something is done that cannot be undone. */

import { useLayoutEffect, useRef } from "preact/hooks";
import { asked, type Question } from "./known";

export function Asked() {
  return asked.value && <Dialog question={asked.value} />;
}

/** What is behind it can neither be reached nor read until it is answered; then the focus is back where it was. */
function Dialog({ question }: { question: Question }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  const close = () => dialog.current?.close();
  return (
    <dialog
      ref={dialog}
      role="alertdialog"
      aria-labelledby="asked"
      aria-describedby="asked-why"
      onClose={() => {
        asked.value = null;
      }}
    >
      <h2 id="asked">{question.what}</h2>
      <p id="asked-why">{question.why}</p>
      <div class="bar">
        <button
          type="button"
          onClick={() => {
            close();
            void question.act();
          }}
        >
          {question.yes}
        </button>
        <button type="button" autofocus onClick={close}>
          Keep
        </button>
      </div>
    </dialog>
  );
}
