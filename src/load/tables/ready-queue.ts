/**
 * Ready queue: what can be worked on now, what weighs most first.
 *
 * Q1 An item comes out once for each time it was put in, and never before it was put in: of those with the greatest weight,
 *    which is as good as equal where it differs by less than a tenth, the one that was put in first.
 * Q2 `enqueue` itself hands the item to a worker that waits, so that nobody sleeps while there is work.
 * Q3 After `close`, what is queued still comes out; then every waiter, present and future, gets undefined.
 * Q4 After `fail`, every waiter, present and future, gets the error; what is queued is dropped.
 * Q5 Putting in and taking out cost the same whatever the queue's length.
 */
import { Fifo } from './fifo.ts';

/** Weights of one class differ by less than 2 ** (1/8). */
const CLASSES_PER_DOUBLING = 8;
/** Classes that one number can tell empty or not. */
const WORD_BITS = 32;
/** For weights below 2 ** 60, and one above for what comes before all else. */
const TOP_CLASS = 60 * CLASSES_PER_DOUBLING;

export class ReadyQueue<Item> {
  /** By class of weight; made when first needed. */
  private readonly classes: (Fifo<Item> | undefined)[] = [];
  /** A bit for each class that is not empty. */
  private readonly filled = new Uint32Array(TOP_CLASS / WORD_BITS + 1);
  private count = 0;
  /** Empty whenever `count` is above 0. */
  private readonly waiters: Waiter<Item>[] = [];
  private ended: { readonly error: Error | undefined } | undefined;

  get length(): number {
    return this.count;
  }

  /** `weight`: from 0 on; Infinity comes before all else. */
  enqueue(item: Item, weight = 0): void {
    if (this.ended !== undefined) {
      if (this.ended.error !== undefined) return;
      throw new Error('the ready queue is closed');
    }
    const waiter = this.waiters.pop();
    if (waiter !== undefined) return waiter.resolve(item);
    const place = classOf(weight);
    (this.classes[place] ??= new Fifo()).put(item);
    this.filled[place >>> 5]! |= 1 << (place & 31);
    this.count++;
  }

  /** The next item, waiting for one if need be; undefined when there will be none. */
  dequeue(): Promise<Item | undefined> {
    if (this.count > 0) return Promise.resolve(this.take());
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
    this.classes.length = 0;
    this.filled.fill(0);
    this.count = 0;
    for (const { reject } of this.waiters.splice(0)) reject(error);
  }

  /** The next item if there is one now, and it is wanted. */
  takeIf(isWanted: (item: Item) => boolean): Item | undefined {
    const next = this.count > 0 ? this.classes[this.topClass()]?.next : undefined;
    return next !== undefined && isWanted(next) ? this.take() : undefined;
  }

  private take(): Item {
    const place = this.topClass();
    const fifo = this.classes[place]!;
    const item = fifo.take();
    if (fifo.length === 0) this.filled[place >>> 5]! &= ~(1 << (place & 31));
    this.count--;
    return item;
  }

  /** Of those that are not empty. */
  private topClass(): number {
    let word = this.filled.length - 1;
    while (this.filled[word] === 0) word--;
    return word * WORD_BITS + 31 - Math.clz32(this.filled[word]!);
  }
}

function classOf(weight: number): number {
  return weight < 1 ? 0 : Math.min(TOP_CLASS, Math.floor(Math.log2(weight) * CLASSES_PER_DOUBLING));
}

interface Waiter<Item> {
  readonly resolve: (item: Item | undefined) => void;
  readonly reject: (error: Error) => void;
}
