/** What is known of a request that failed. */
export type RequestFate =
  /** It did not reach the server. */
  | "unsent"
  /** The server said what went wrong. */
  | "answered"
  /** No answer came: the server may have done it, may be doing it, or never got it. */
  | "unknown";

/** What ClickHouse calls errors that may pass by themselves, with its numbers for them. */
const PASSING: ReadonlySet<number> = new Set([
  32, // ATTEMPT_TO_READ_AFTER_EOF, of a connection between servers
  74, // CANNOT_READ_FROM_FILE_DESCRIPTOR
  75, // CANNOT_WRITE_TO_FILE_DESCRIPTOR, such as on a full disk
  76, // CANNOT_OPEN_FILE
  159, // TIMEOUT_EXCEEDED
  160, // TOO_SLOW
  198, // DNS_ERROR
  201, // QUOTA_EXCEEDED
  202, // TOO_MANY_SIMULTANEOUS_QUERIES
  203, // NO_FREE_CONNECTION
  209, // SOCKET_TIMEOUT
  210, // NETWORK_ERROR
  225, // NO_ZOOKEEPER
  236, // ABORTED
  241, // MEMORY_LIMIT_EXCEEDED
  242, // TABLE_IS_READ_ONLY, a replica that lost ZooKeeper
  243, // NOT_ENOUGH_SPACE
  252, // TOO_MANY_PARTS
  254, // NO_ACTIVE_REPLICAS
  279, // ALL_CONNECTION_TRIES_FAILED
  285, // TOO_FEW_LIVE_REPLICAS
  286, // UNSATISFIED_QUORUM_FOR_PREVIOUS_WRITE
  319, // UNKNOWN_STATUS_OF_INSERT
  394, // QUERY_WAS_CANCELLED
  425, // SYSTEM_ERROR
  439, // CANNOT_SCHEDULE_TASK
  999, // KEEPER_EXCEPTION
  1000, // POCO_EXCEPTION, such as "No space left on device" of old releases
]);

/** Statuses of proxies that cannot reach the server now. */
const PASSING_STATUS: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);

/** A message is cut to this many characters. */
const MAX_MESSAGE_CHARS = 400;

/** A request to a ClickHouse server failed. Its message names neither the statement nor its data. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly fate: RequestFate;
  /** ClickHouse's number of the error, undefined when the server did not say one. */
  readonly code: number | undefined;
  /** Whether the same request may succeed later. */
  readonly retryable: boolean;

  constructor(
    message: string,
    details: ErrorOptions & {
      readonly fate: RequestFate;
      readonly code?: number | undefined;
      readonly retryable: boolean;
    },
  ) {
    super(message, details);
    this.fate = details.fate;
    this.code = details.code;
    this.retryable = details.retryable;
  }

  /**
   * Makes an error of what the server wrote instead of, or behind, a result.
   *
   * @param status Of the response.
   */
  static fromAnswer(status: number, text: string): ServerError {
    const [, number] = /Code:\s*(\d+)/.exec(text) ?? [];
    const code = number === undefined ? undefined : Number(number);
    const retryable = code === undefined ? PASSING_STATUS.has(status) : PASSING.has(code);
    const said = code === undefined
      ? `the server answered with status ${status}`
      : `the server answered with code ${code}: ${firstLine(text)}`;
    return new ServerError(said, { fate: "answered", code, retryable });
  }
}

/** What the server says without what it repeats of the statement, and without its addresses of code. */
function firstLine(text: string): string {
  const [line = ""] = text.slice(Math.max(0, text.search(/Code:/))).split("\n");
  const said = line
    .replace(/^Code:\s*\d+[.,]\s*(?:e\.displayText\(\) = )?/, "")
    .replace(/^DB::Exception:\s*/, "")
    .replace(
      /(?:,? e\.what\(\) =|,? Stack trace|\. \(in query| Log:|:? ?While (?:executing|processing)).*$/,
      "",
    )
    // What stands behind the place of a syntax error is the statement.
    .replace(/(failed at position \d+).*$/, "$1")
    .trim();
  return said.length > MAX_MESSAGE_CHARS ? `${said.slice(0, MAX_MESSAGE_CHARS)}…` : said;
}
