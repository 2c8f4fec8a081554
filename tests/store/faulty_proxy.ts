/** What happens to a request. */
export type Fault =
  /** It does not reach the server; the connection breaks. */
  | "cut-before"
  /** The server has done it; then the connection breaks. */
  | "cut-after"
  /** Nothing is ever answered. */
  | "silent"
  /** Behind the first half of the result stands an error, as ClickHouse writes it. */
  | "error-behind"
  /** The connection breaks within the result. */
  | "cut-within"
  /** The result ends in order within a row. */
  | "end-within"
  /** The server refuses it with this code. */
  | { readonly code: number };

/** Chooses the fault of a request by its statement. */
export type FaultChoice = (sql: string) => Fault | undefined;

/** Stands before a ClickHouse server's HTTP interface and does what may happen between. */
export class FaultyProxy implements AsyncDisposable {
  readonly #target: string;
  readonly #server: Deno.HttpServer<Deno.NetAddr>;
  readonly #ended = new AbortController();
  #choose: FaultChoice | undefined;
  #left = Infinity;

  private constructor(target: string) {
    this.#target = target;
    this.#server = Deno.serve(
      { port: 0, hostname: "127.0.0.1", onListen: () => {}, onError: () => new Response() },
      (request) => this.#handle(request),
    );
  }

  /** @param target `host:port` of the server. */
  static start(target: string): FaultyProxy {
    return new FaultyProxy(target);
  }

  /** `host:port`. */
  get host(): string {
    return `127.0.0.1:${this.#server.addr.port}`;
  }

  /** From now on so many requests meet these faults. */
  arrange(choose: FaultChoice | undefined, times = Infinity): void {
    this.#choose = choose;
    this.#left = times;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort();
    await this.#server.shutdown();
  }

  async #handle(request: Request): Promise<Response> {
    const url = new URL(request.url);
    const body = new Uint8Array(await request.arrayBuffer());
    const sql = url.searchParams.get("query") ?? new TextDecoder().decode(body);
    const fault = this.#take(sql);
    if (fault === "silent") {
      await new Promise((resolve) => this.#ended.signal.addEventListener("abort", resolve));
      return new Response();
    }
    if (fault === "cut-before") return broken(new Uint8Array());
    if (typeof fault === "object") return refused(fault.code);
    const answer = await fetch(`http://${this.#target}/${url.search}`, {
      method: "POST",
      headers: request.headers,
      body,
    });
    const result = new Uint8Array(await answer.arrayBuffer());
    const half = result.subarray(0, result.length >> 1);
    switch (fault) {
      case "cut-after":
        return broken(new Uint8Array());
      case "cut-within":
        return broken(half);
      case "end-within":
        return new Response(half);
      case "error-behind":
        return new Response(new Blob([wholeRows(result), ERROR]).stream());
      case undefined:
        return new Response(result, { status: answer.status, headers: answer.headers });
    }
  }

  #take(sql: string): Fault | undefined {
    const fault = this.#choose?.(sql);
    if (fault === undefined || this.#left <= 0) return undefined;
    this.#left--;
    return fault;
  }
}

const ERROR = "Code: 241, e.displayText() = DB::Exception: Memory limit (for query) exceeded, " +
  "e.what() = DB::Exception\n";

/** A connection that breaks behind some bytes of a result. */
function broken(bytes: Uint8Array<ArrayBuffer>): Response {
  return new Response(
    new ReadableStream({
      start(controller) {
        if (bytes.length > 0) controller.enqueue(bytes);
      },
      pull(controller) {
        controller.error(new Error("cut by the test"));
      },
    }),
  );
}

function refused(code: number): Response {
  return new Response(`Code: ${code}, e.displayText() = DB::Exception: no, e.what() = x`, {
    status: 500,
  });
}

/** The first rows of a result of a search: those before the middle. */
function wholeRows(result: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const view = new DataView(result.buffer, result.byteOffset);
  let offset = 0;
  for (;;) {
    // Mark, time, arrival, length of the header, and the length of the event, below 16,384 here.
    let at = offset + 1 + 8 + 8 + 4;
    const low = view.getUint8(at++);
    const length = low < 0x80 ? low : (low & 0x7f) + view.getUint8(at++) * 0x80;
    if (at + length > result.length >> 1) return result.subarray(0, offset);
    offset = at + length;
  }
}
