import { Fifo } from "../base/fifo.ts";

/** Items received and not yet taken, in order; taken by one reader at a time. */
export class Inbox<T> implements AsyncIterableIterator<T, void> {
  readonly #items = new Fifo<T>();
  #waiting: PromiseWithResolvers<IteratorResult<T, void>> | undefined;
  #end: { readonly error?: unknown } | undefined;

  /** Adds an item; one that comes after the end is dropped. */
  push(item: T): void {
    if (this.#end !== undefined) return;
    if (this.#waiting === undefined) {
      this.#items.push(item);
      return;
    }
    this.#waiting.resolve({ value: item, done: false });
    this.#waiting = undefined;
  }

  /** No more items will come; those that wait can still be taken. */
  end(): void {
    if (this.#end !== undefined) return;
    this.#end = {};
    this.#waiting?.resolve({ value: undefined, done: true });
    this.#waiting = undefined;
  }

  /** No more items will come, those that wait are dropped, and taking rejects. */
  fail(error: unknown): void {
    this.#items.clear();
    this.#end = { error };
    this.#waiting?.reject(error);
    this.#waiting = undefined;
  }

  /** The next item, as soon as there is one. */
  next(): Promise<IteratorResult<T, void>> {
    const item = this.#items.shift();
    if (item !== undefined) return Promise.resolve({ value: item, done: false });
    if (this.#end === undefined) {
      this.#waiting ??= Promise.withResolvers();
      return this.#waiting.promise;
    }
    if ("error" in this.#end) return Promise.reject(this.#end.error);
    return Promise.resolve({ value: undefined, done: true });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
