/**
 * Ready queue: what can be worked on now, first in, first out, but for what is put in front.
 *
 * Q1 An item comes out once for each time it was put in, in that order, and never before it was put in. One that is put in
 *    front comes out next.
 * Q2 `enqueue` itself hands the item to a worker that waits, so that nobody sleeps while there is work.
 * Q3 After `close`, what is queued still comes out; then every waiter, present and future, gets undefined.
 * Q4 After `fail`, every waiter, present and future, gets the error; what is queued is dropped.
 * Q5 Putting in and taking out cost the same whatever the queue's length.
 */
export class ReadyQueue<Item> {
  /** A ring: `count` items from `first` on, wrapping around. Its length is a power of two. */
  private ring: (Item | undefined)[] = Array.from({ length: 16 });
  private first = 0;
  private count = 0;
  /** Empty whenever `count` is above 0. */
  private readonly waiters: Waiter<Item>[] = [];
  private ended: { readonly error: Error | undefined } | undefined;

  get length(): number {
    return this.count;
  }

  enqueue(item: Item): void {
    if (this.hasTaken(item)) return;
    this.ring[(this.first + this.count) & (this.ring.length - 1)] = item;
    this.count++;
  }

  /** In front of all that is queued. */
  enqueueFirst(item: Item): void {
    if (this.hasTaken(item)) return;
    this.first = (this.first - 1) & (this.ring.length - 1);
    this.ring[this.first] = item;
    this.count++;
  }

  /** False when the item is to be queued, for which there is room then. */
  private hasTaken(item: Item): boolean {
    if (this.ended !== undefined) {
      if (this.ended.error !== undefined) return true;
      throw new Error('the ready queue is closed');
    }
    const waiter = this.waiters.pop();
    if (waiter !== undefined) {
      waiter.resolve(item);
      return true;
    }
    if (this.count === this.ring.length) this.grow();
    return false;
  }

  /** The next item, waiting for one if need be; undefined when there will be none. */
  dequeue(): Promise<Item | undefined> {
    if (this.count > 0) {
      const item = this.ring[this.first];
      this.ring[this.first] = undefined;
      this.first = (this.first + 1) & (this.ring.length - 1);
      this.count--;
      return Promise.resolve(item);
    }
    if (this.ended?.error !== undefined) return Promise.reject(this.ended.error);
    if (this.ended !== undefined) return Promise.resolve(undefined);
    return new Promise((resolve, reject) => this.waiters.push({ resolve, reject }));
  }

  /** No more items will come. */
  close(): void {
    this.ended ??= { error: undefined };
    for (const { resolve } of this.waiters.splice(0)) resolve(undefined);
  }

  fail(error: Error): void {
    if (this.ended?.error !== undefined) return;
    this.ended = { error };
    this.ring = Array.from({ length: 16 });
    this.first = 0;
    this.count = 0;
    for (const { reject } of this.waiters.splice(0)) reject(error);
  }

  private grow(): void {
    const { ring, first } = this;
    this.ring = [...ring.slice(first), ...ring.slice(0, first), ...Array.from<undefined>({ length: ring.length })];
    this.first = 0;
  }
}

interface Waiter<Item> {
  readonly resolve: (item: Item | undefined) => void;
  readonly reject: (error: Error) => void;
}
