/** The latest of many: at most `capacity` of them are kept. */
export class Ring<T> {
  private readonly items: T[] = [];
  private first = 0;

  constructor(private readonly capacity: number) {}

  get length(): number {
    return this.items.length;
  }

  push(item: T): void {
    if (this.items.length < this.capacity) this.items.push(item);
    else this.items[this.first++ % this.capacity] = item;
  }

  /** From the oldest to the latest. */
  *[Symbol.iterator](): Iterator<T> {
    for (let index = 0; index < this.items.length; index++) {
      yield this.items[(this.first + index) % this.items.length] as T;
    }
  }

  /** From the latest to the oldest. */
  *latest(): IterableIterator<T> {
    for (let index = this.items.length - 1; index >= 0; index--) {
      yield this.items[(this.first + index) % this.items.length] as T;
    }
  }
}
