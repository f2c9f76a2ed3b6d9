for (const session of document.querySelectorAll(".antiphon-recording:not([data-live])")) {
  session.dataset.live = "yes";
  const audio = session.querySelector("audio");
  const lanes = session.querySelector(".lanes");
  const scroller = session.querySelector(".scroller");
  const playhead = session.querySelector(".playhead");
  const seconds = Number(session.dataset.seconds) || 1;
  const show = () => {
    const share = Math.min(audio.currentTime / seconds, 1);
    playhead.setAttribute("x1", share * 100 + "%");
    playhead.setAttribute("x2", share * 100 + "%");
    const at = share * lanes.clientWidth - scroller.scrollLeft;
    if (!audio.paused && (at < 0 || at > scroller.clientWidth)) scroller.scrollLeft += at - 40;
    if (!audio.paused) requestAnimationFrame(show);
  };
  const seek = (at) => { audio.currentTime = Math.max(0, Math.min(at, seconds)); };
  if (!audio) continue;
  audio.addEventListener("play", show);
  audio.addEventListener("seeking", show);
  audio.addEventListener("timeupdate", show);
  lanes.addEventListener("click", (event) => {
    const box = lanes.getBoundingClientRect();
    seek((event.clientX - box.left) / box.width * seconds);
  });
  for (const button of session.querySelectorAll("button[data-at]")) {
    button.addEventListener("click", () => { seek(Number(button.dataset.at)); audio.play(); });
  }
}
