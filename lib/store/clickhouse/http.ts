import { concatBytes } from "../../base/bytes.ts";
import type { ClickHouseAddress } from "./address.ts";
import { ServerError } from "./server_error.ts";

/** One statement for a server. */
export interface ServerRequest {
  readonly sql: string;
  /** Settings of ClickHouse for this statement. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Rows of an INSERT, in the format that the statement names. */
  readonly rows?: Uint8Array<ArrayBuffer>;
  /** A table that exists for this statement only. */
  readonly table?: TemporaryTable;
  /** Ends the request. */
  readonly signal?: AbortSignal;
}

/** Rows that a statement may read beside the tables of the database. */
export interface TemporaryTable {
  readonly name: string;
  /** Columns as `name Type, name Type`. */
  readonly structure: string;
  /** In the format RowBinary. */
  readonly rows: Uint8Array<ArrayBuffer>;
}

/**
 * How long a connection may rest before it is not used again: less than the 3 s after which servers close
 * it. A thread that was busy meanwhile would not know that, and what it sends first would be lost.
 */
const MAX_REST_MS = 2000;

/** The connections of all clients. */
const CONNECTIONS = Deno.createHttpClient({ poolIdleTimeout: MAX_REST_MS });

/** Bytes of an error that are read: its first line tells what matters. */
const MAX_ERROR_BYTES = 16 << 10;

/** Speaks with the HTTP interface of one ClickHouse server; the only user of `fetch`. */
export class HttpClient {
  /** What a request goes to, for messages. */
  readonly origin: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #database: string;
  readonly #timeoutMs: number;
  /** What is waited for of a server. */
  readonly #waits = new Set<Promise<unknown>>();

  /**
   * @param timeoutMs How long the server may be silent.
   */
  constructor(origin: string, address: ClickHouseAddress, timeoutMs: number) {
    this.origin = origin;
    this.#database = address.database;
    this.#timeoutMs = timeoutMs;
    this.#headers = {
      "X-ClickHouse-User": headerText(address.user),
      "X-ClickHouse-Key": headerText(address.password),
    };
  }

  /** Resolves when no answer is waited for; those who take their time over a result are not. */
  async idle(): Promise<void> {
    while (this.#waits.size > 0) await Promise.allSettled(this.#waits);
  }

  /**
   * Runs a statement and returns all of its result.
   *
   * @throws {ServerError} When it failed.
   */
  async run(request: ServerRequest): Promise<Uint8Array<ArrayBuffer>> {
    const chunks: Uint8Array[] = [];
    // The server answers when it knows how it ended, so that no error stands behind half a result. An
    // INSERT has none.
    const settings = request.rows === undefined
      ? { ...request.settings, wait_end_of_query: "1", buffer_size: "1048576" }
      : request.settings ?? {};
    for await (const chunk of this.stream({ ...request, settings })) chunks.push(chunk);
    return concatBytes(chunks);
  }

  /**
   * Runs a statement and returns its result as it comes; the server sends no faster than it is taken.
   * Leaving the loop ends the request.
   *
   * @throws {ServerError} When it failed.
   */
  async *stream(request: ServerRequest): AsyncGenerator<Uint8Array<ArrayBuffer>> {
    const patience = new Patience(this.#timeoutMs, this.#waits, request.signal);
    let answer: Answer | undefined;
    try {
      answer = new Answer(
        await patience.wait(
          fetch(this.#request(request, patience.signal), { client: CONNECTIONS }),
        ),
        patience,
      );
      if (answer.isError) throw ServerError.fromAnswer(answer.status, await answer.start());
      for (;;) {
        const chunk = await answer.read();
        if (chunk === undefined) return;
        yield chunk;
      }
    } catch (cause) {
      request.signal?.throwIfAborted();
      if (cause instanceof ServerError) throw cause;
      throw patience.isOver ? this.#late(cause) : lost(cause, answer !== undefined);
    } finally {
      patience.end();
      await answer?.cancel();
    }
  }

  #request({ sql, settings, rows, table }: ServerRequest, signal: AbortSignal): Request {
    const parameters = new URLSearchParams({ database: this.#database, ...settings });
    let body: BodyInit = sql;
    if (rows !== undefined || table !== undefined) parameters.set("query", sql);
    // The runtime sends a request again by itself when a connection breaks, but not one whose body is
    // a stream: rows that were inserted already would be there twice.
    if (rows !== undefined) body = ReadableStream.from([rows]);
    if (table !== undefined) {
      parameters.set(`${table.name}_format`, "RowBinary");
      parameters.set(`${table.name}_structure`, table.structure);
      body = new FormData();
      body.set(table.name, new Blob([table.rows]), table.name);
    }
    // A redirect could take the password elsewhere.
    return new Request(`${this.origin}/?${parameters}`, {
      method: "POST",
      headers: this.#headers,
      body,
      signal,
      redirect: "error",
    });
  }

  #late(cause: unknown): ServerError {
    const message = `the server did not answer within ${this.#timeoutMs} ms`;
    return new ServerError(message, { cause, fate: "unknown", retryable: true });
  }
}

/** Header values are bytes; the server reads them as UTF-8. */
function headerText(text: string): string {
  return String.fromCharCode(...new TextEncoder().encode(text));
}

/** Stops a request when the server is silent for too long, or when the caller wants it. */
class Patience {
  readonly #ms: number;
  readonly #waits: Set<Promise<unknown>>;
  readonly #signal: AbortSignal | undefined;
  readonly #stop = new AbortController();
  readonly #onAbort = () => this.#stop.abort(this.#signal?.reason);
  isOver = false;

  /** @param waits Has what is waited for, as long as it is. */
  constructor(ms: number, waits: Set<Promise<unknown>>, signal: AbortSignal | undefined) {
    this.#ms = ms;
    this.#waits = waits;
    this.#signal = signal;
    signal?.throwIfAborted();
    signal?.addEventListener("abort", this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#stop.signal;
  }

  /** Waits for what the signal ends. */
  async wait<T>(result: Promise<T>): Promise<T> {
    const timer = setTimeout(() => {
      this.isOver = true;
      this.#stop.abort();
    }, this.#ms);
    this.#waits.add(result);
    try {
      return await result;
    } finally {
      this.#waits.delete(result);
      clearTimeout(timer);
    }
  }

  end(): void {
    this.#signal?.removeEventListener("abort", this.#onAbort);
    this.#stop.abort();
  }
}

/** What a server answers, read as it comes. */
class Answer {
  readonly status: number;
  readonly isError: boolean;
  readonly #patience: Patience;
  readonly #reader: ReadableStreamDefaultReader<Uint8Array<ArrayBuffer>> | undefined;

  constructor(response: Response, patience: Patience) {
    this.status = response.status;
    this.isError = !response.ok || response.headers.has("X-ClickHouse-Exception-Code");
    this.#patience = patience;
    this.#reader = response.body?.getReader();
    // The signal that was given to `fetch` ends the body only as long as the garbage collector leaves
    // the response, of which nothing but the body is used here.
    patience.signal.addEventListener("abort", () => void this.cancel());
  }

  /** The next bytes, until there are no more. */
  async read(): Promise<Uint8Array<ArrayBuffer> | undefined> {
    if (this.#reader === undefined) return undefined;
    const { value } = await this.#patience.wait(this.#reader.read());
    // A body that is cancelled looks like one that ended.
    this.#patience.signal.throwIfAborted();
    return value;
  }

  /** The start of the text of an error. */
  async start(): Promise<string> {
    const chunks: Uint8Array[] = [];
    let length = 0;
    while (length < MAX_ERROR_BYTES) {
      const chunk = await this.read();
      if (chunk === undefined) break;
      chunks.push(chunk);
      length += chunk.length;
    }
    return new TextDecoder().decode(concatBytes(chunks));
  }

  /** Leaves the rest alone. */
  async cancel(): Promise<void> {
    // What broke is over already, and says so when it is read.
    await this.#reader?.cancel().catch(() => {});
  }
}

/** An error of the network. The runtime's message starts with the address, which is left out. */
function lost(cause: unknown, isSent: boolean): ServerError {
  const text = deepestMessage(cause);
  const isRefused = !isSent && text.includes("(Connect)");
  const isDenied = cause instanceof Deno.errors.NotCapable;
  const reason = text.replace(/^error sending request.*?for url \([^)]*\): /, "");
  const message = isSent ? `the connection broke: ${reason}` : `it cannot be reached: ${reason}`;
  return new ServerError(message, {
    cause,
    fate: isRefused || isDenied ? "unsent" : "unknown",
    retryable: !isDenied,
  });
}

/** The runtime says what went wrong in the cause of its error, or in the error itself. */
function deepestMessage(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? deepestMessage(error.cause) : error.message;
}
