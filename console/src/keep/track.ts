/** The sound of one side as a WAV file that grows: 16-bit PCM, one channel. */

const HEADER_BYTES = 44;
const SAMPLE_BYTES = 2;

export class Track {
  private readonly blobs: Blob[] = [];
  private waiting: Uint8Array<ArrayBuffer>[] = [];
  private waitingBytes = 0;
  private bytes = 0;

  constructor(readonly rateHz: number) {}

  /** Add whole samples; gives the first of them and how many they are. */
  append(pcm: Uint8Array): { first: number; samples: number } {
    const first = this.bytes / SAMPLE_BYTES;
    this.waiting.push(pcm as Uint8Array<ArrayBuffer>);
    this.bytes += pcm.length;
    this.waitingBytes += pcm.length;
    if (this.waitingBytes >= this.rateHz * SAMPLE_BYTES) this.collect(); // a second: a Blob for each chunk would be many
    return { first, samples: pcm.length / SAMPLE_BYTES };
  }

  wave(): Blob {
    this.collect();
    return new Blob([this.header(), ...this.blobs], { type: "audio/wav" });
  }

  private collect(): void {
    this.blobs.push(new Blob(this.waiting));
    this.waiting = [];
    this.waitingBytes = 0;
  }

  private header(): ArrayBuffer {
    const view = new DataView(new ArrayBuffer(HEADER_BYTES));
    const text = (at: number, name: string) =>
      [...name].forEach((letter, index) => {
        view.setUint8(at + index, letter.charCodeAt(0));
      });
    text(0, "RIFF");
    view.setUint32(4, HEADER_BYTES - 8 + this.bytes, true);
    text(8, "WAVEfmt ");
    view.setUint32(16, 16, true);
    view.setUint16(20, 1, true); // PCM
    view.setUint16(22, 1, true);
    view.setUint32(24, this.rateHz, true);
    view.setUint32(28, this.rateHz * SAMPLE_BYTES, true);
    view.setUint16(32, SAMPLE_BYTES, true);
    view.setUint16(34, 8 * SAMPLE_BYTES, true);
    text(36, "data");
    view.setUint32(40, this.bytes, true);
    return view.buffer;
  }
}
