/** Pictures for the model: JPEG, no larger than it looks at. */

import { toBase64 } from "./live/base64";

const SIDE_MAX = 768;
const QUALITY = 0.8;

export async function jpegOf(source: ImageBitmapSource): Promise<string> {
  const bitmap = await createImageBitmap(source);
  const scale = Math.min(1, SIDE_MAX / Math.max(bitmap.width, bitmap.height));
  const canvas = new OffscreenCanvas(Math.round(bitmap.width * scale), Math.round(bitmap.height * scale));
  canvas.getContext("2d")?.drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  bitmap.close();
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: QUALITY });
  return toBase64(new Uint8Array(await blob.arrayBuffer()));
}

/** Of a camera or a screen, a picture a second until it ends. */
export async function film(stream: MediaStream, show: (jpeg: string) => void): Promise<() => void> {
  const video = document.createElement("video");
  video.srcObject = stream;
  video.muted = true;
  await video.play();
  const timer = setInterval(() => {
    void jpegOf(video).then(show, () => undefined); // between two pictures there may be none
  }, FRAME_MS);
  const end = () => {
    clearInterval(timer);
    for (const track of stream.getTracks()) track.stop();
  };
  stream.getVideoTracks()[0]?.addEventListener("ended", end);
  return end;
}

const FRAME_MS = 1_000;
