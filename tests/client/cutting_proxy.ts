/**
 * Passes bytes between clients and a port of this machine, and breaks connections without warning.
 */
export class CuttingProxy implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #target: number;
  readonly #nextCut: () => number;
  readonly #pipes = new Set<Promise<void>>();
  readonly #conns = new Set<Deno.Conn>();
  readonly #accepting: Promise<void>;

  /** @param nextCut After how many bytes, both directions together, the next connection breaks. */
  constructor(target: number, nextCut: () => number) {
    this.#target = target;
    this.#nextCut = nextCut;
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** Breaks all connections now. */
  cut(): void {
    for (const conn of this.#conns) close(conn);
    this.#conns.clear();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    this.cut();
    await this.#accepting;
    await Promise.all(this.#pipes);
  }

  /** Undefined while nobody is there, such as when the target is started again. */
  async #connect(): Promise<Deno.Conn | undefined> {
    try {
      return await Deno.connect({ hostname: "127.0.0.1", port: this.#target });
    } catch {
      return undefined;
    }
  }

  async #accept(): Promise<void> {
    for await (const client of this.#listener) {
      const server = await this.#connect();
      if (server === undefined) {
        close(client);
        continue;
      }
      this.#conns.add(client).add(server);
      const budget = { left: this.#nextCut() };
      this.#pipes.add(pipe(client, server, budget));
      this.#pipes.add(pipe(server, client, budget));
    }
  }
}

async function pipe(from: Deno.Conn, to: Deno.Conn, budget: { left: number }): Promise<void> {
  const buffer = new Uint8Array(64 << 10);
  try {
    while (budget.left > 0) {
      const count = await from.read(buffer);
      if (count === null) break;
      const passed = Math.min(count, budget.left);
      budget.left -= passed;
      for (let at = 0; at < passed;) at += await to.write(buffer.subarray(at, passed));
    }
  } catch {
    // Either end is closed: so is the pipe.
  }
  close(from);
  close(to);
}

function close(conn: Deno.Conn): void {
  try {
    conn.close();
  } catch {
    // Closed already.
  }
}
