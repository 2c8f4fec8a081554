import type { Random } from "../../random.ts";

/** Passes connections on to a port, in pieces of any size. */
export class ChoppingProxy implements AsyncDisposable {
  readonly #listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  readonly #passing = new Set<Promise<unknown>>();
  readonly #accepting: Promise<void>;
  readonly #random: Random;
  readonly #target: number;

  /** @param target The port that connections go to. */
  constructor(target: number, random: Random) {
    this.#target = target;
    this.#random = random;
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Takes no more connections; waits until those there are have ended. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    await this.#accepting;
    await Promise.all(this.#passing);
  }

  async #accept(): Promise<void> {
    try {
      for await (const near of this.#listener) this.#passing.add(this.#pass(near));
    } catch {
      // It is closed.
    }
  }

  async #pass(near: Deno.Conn): Promise<void> {
    const far = await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    far.setNoDelay(true);
    await Promise.all([this.#copy(near, far), this.#copy(far, near)]);
    near.close();
    far.close();
  }

  async #copy(from: Deno.Conn, to: Deno.Conn): Promise<void> {
    const largest = this.#random.pick([3, 50, 5000]);
    while (true) {
      const buffer = new Uint8Array(this.#random.int(1, largest));
      const count = await from.read(buffer);
      if (count === null) break;
      for (let at = 0; at < count;) at += await to.write(buffer.subarray(at, count));
    }
    await to.closeWrite();
  }
}
