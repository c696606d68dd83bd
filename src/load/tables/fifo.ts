/** First in, first out, at the same cost whatever its length: a ring that grows. */
export class Fifo<Item> {
  /** `count` items from `first` on, wrapping around. Its length is a power of two. */
  private ring: (Item | undefined)[] = [undefined, undefined];
  private first = 0;
  private count = 0;

  get length(): number {
    return this.count;
  }

  put(item: Item): void {
    if (this.count === this.ring.length) this.grow();
    this.ring[(this.first + this.count) & (this.ring.length - 1)] = item;
    this.count++;
  }

  /** What {@link take} would take. */
  get next(): Item | undefined {
    return this.ring[this.first];
  }

  /** To be called only when there is one: an item may itself be undefined. */
  take(): Item {
    const item = this.ring[this.first] as Item;
    this.ring[this.first] = undefined;
    this.first = (this.first + 1) & (this.ring.length - 1);
    this.count--;
    return item;
  }

  private grow(): void {
    const { ring, first } = this;
    this.ring = [...ring.slice(first), ...ring.slice(0, first), ...Array.from<undefined>({ length: ring.length })];
    this.first = 0;
  }
}
