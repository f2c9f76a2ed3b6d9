/** What never gets into a recording, replaced by placeholders as src/antiphon/recording/secrets.py does it. */

const SHAPES =
  /AIza[\w-]{30,}|ya29\.[\w.-]{10,}|ak-[\w-]{16,}|auth_tokens\/[\w%.-]+|sk-[\w-]{20,}|(?<=[Bb]earer )[\w.~+/=-]{8,}|(?<=[?&](?:key|access_token)=)[^&\s"\\]+|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/g;

const NAMES = new Set(["handle", "newHandle"]);

export class Secrets {
  private readonly given = new Map<string, string>();
  private readonly counts = new Map<string, number>();

  /** The placeholder of what stands under a name; null for a name whose value is no secret. */
  named(name: string, value: unknown): string | null {
    return NAMES.has(name) && typeof value === "string" ? this.placeholder("handle", value) : null;
  }

  /** The text with what looks like a key replaced. */
  scrubbed(text: string): string {
    return text.replace(SHAPES, (found) => this.placeholder("key", found));
  }

  private placeholder(kind: string, secret: string): string {
    const known = this.given.get(secret);
    if (known) return known;
    const number = (this.counts.get(kind) ?? 0) + 1;
    this.counts.set(kind, number);
    this.given.set(secret, `${kind}-${number}`);
    return `${kind}-${number}`;
  }
}
