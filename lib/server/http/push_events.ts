import { CompressedDataError } from "../../base/compression/decompressor.ts";
import {
  type CompressionName,
  decompressStream,
} from "../../base/compression/decompress_stream.ts";
import { EventWriteError } from "../../store/store.ts";
import { DRAIN_BYTES, DRAIN_MS } from "../limits.ts";
import type { BodyReader, BodyReaderOptions } from "./body_reader.ts";
import { drainBody, readBody, TornBodyError } from "./body_source.ts";
import { JSON_LINES_TYPE, THEIA_TYPE } from "./event_format.ts";
import { EventPush, PushOverloadError } from "./event_push.ts";
import { answerJson } from "./json_answer.ts";
import { JsonBodyReader } from "./json_body_reader.ts";
import { COUNT_SCHEMA, objectSchema } from "./json_schema.ts";
import { type Call, defineOperation, type HttpContext } from "./operation.ts";
import { HttpProblem, RETRY_LATER } from "./problem.ts";
import { TextBodyReader } from "./text_body_reader.ts";

/** What is told of a body's events, also by the problems of this route. */
const FIGURES = objectSchema({
  events: COUNT_SCHEMA,
  duplicates: COUNT_SCHEMA,
  rejected: {
    type: "array",
    items: objectSchema({ index: COUNT_SCHEMA, reason: { type: "string" } }),
  },
  rejected_total: COUNT_SCHEMA,
});

/** By media type; none given is Theia's text format, as at the other doors. */
const READERS: ReadonlyMap<string, (options: BodyReaderOptions) => BodyReader> = new Map([
  [THEIA_TYPE, readText],
  ["application/octet-stream", readText],
  ["text/plain", readText],
  [JSON_LINES_TYPE, readJson],
  ["application/json", readJson],
]);

/** What programs send whose users gave no type. */
const FORM_TYPE = "application/x-www-form-urlencoded";

const ENCODINGS: readonly CompressionName[] = ["gzip", "zstd"];

/** `POST /events`. */
export const pushEvents = defineOperation({
  id: "pushEvents",
  summary: "Store events",
  description: "Takes events in Theia's text format, or as JSON objects of a line each, of which " +
    "`id` and `timestamp` may be left out. It is answered when they are on disk. Sending the same " +
    "again is safe: an event of the same id and timestamp is not stored twice. A problem says by " +
    "`events` and `duplicates` how many are stored all the same.",
  parameters: {},
  bodyTypes: [...READERS.keys()],
  answers: {
    200: {
      description: "The events are stored, but those that are listed: the first 1,000 of them.",
      types: ["application/json"],
      schema: FIGURES,
    },
    400: { description: "No event can be made of the body, or it is torn." },
    415: { description: "The body is of a type or an encoding that is not taken." },
    500: { description: "The events cannot be stored." },
    503: { description: "The events cannot be stored now: send them again later." },
  },
  async answer(call, _values, context) {
    const makeReader = chooseReader(call.request.headers);
    const encoding = chooseEncoding(call.request.headers);
    const leave = context.pushes.enter();
    try {
      return await push({ makeReader, encoding }, call, context);
    } finally {
      leave();
    }
  },
});

interface BodyForm {
  readonly makeReader: (options: BodyReaderOptions) => BodyReader;
  readonly encoding: CompressionName | undefined;
}

async function push(
  { makeReader, encoding }: BodyForm,
  { request, client }: Call,
  context: HttpContext,
): Promise<Response> {
  const { limits, stopping, observer } = context;
  const { maxEventBytes } = limits;
  // A body of a length that is known is at hand: a client that stops sending it is gone.
  const isWhole = request.headers.has("content-length");
  const maxSilenceMs = isWhole ? limits.stallMs : limits.maxSilenceMs;
  const now = () => Date.now() / 1000;
  const pushed = new EventPush(makeReader({ maxEventBytes, now }), client, context);
  const reader = (request.body ?? new Blob().stream()).getReader();
  try {
    const body = readBody(reader, { signal: stopping, maxSilenceMs });
    await pushed.run(encoding === undefined ? body : copies(decompressStream(body, encoding)));
  } catch (error) {
    if (!stopping.aborted) await drainBody(reader, { maxBytes: DRAIN_BYTES, maxMs: DRAIN_MS });
    throw pushProblem(error, pushed, stopping);
  } finally {
    const { rejected, rejected_total: count } = pushed.result.figures;
    const reason = rejected[0]?.reason;
    if (reason !== undefined) observer({ kind: "events-rejected", client, count, reason });
  }
  const { figures, isNothingTaken } = pushed.result;
  if (isNothingTaken) {
    const detail = `Cannot read the body: not one event is in it; ${figures.rejected[0]?.reason}`;
    throw new HttpProblem({ status: 400, detail, more: { ...figures } });
  }
  return answerJson(figures);
}

/** Events keep the bytes that they were read from. */
async function* copies(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
  for await (const piece of pieces) yield piece.slice();
}

function pushProblem(error: unknown, { result }: EventPush, stopping: AbortSignal): unknown {
  const more = { ...result.figures };
  if (stopping.aborted) {
    const detail = "The collector stops; send the events again";
    return new HttpProblem({ status: 503, detail, more, headers: RETRY_LATER });
  }
  if (error instanceof TornBodyError || error instanceof CompressedDataError) {
    return new HttpProblem({ status: 400, detail: error.message, more }, { cause: error });
  }
  if (error instanceof PushOverloadError) {
    return new HttpProblem({ status: 503, detail: error.message, more, headers: RETRY_LATER });
  }
  if (!(error instanceof EventWriteError)) return error;
  const detail = error.message;
  return error.retryable
    ? new HttpProblem({ status: 503, detail, more, headers: RETRY_LATER }, { cause: error })
    : new HttpProblem({ status: 500, detail, more }, { cause: error });
}

function chooseReader(headers: Headers): (options: BodyReaderOptions) => BodyReader {
  const given = headers.get("content-type");
  const type = given?.split(";")[0]?.trim().toLowerCase() || THEIA_TYPE;
  const reader = READERS.get(type);
  if (reader !== undefined) return reader;
  const known = [...READERS.keys()].join(", ");
  const hint = type === FORM_TYPE ? `; curl says so unless -H 'content-type: …' is given` : "";
  throw new HttpProblem({
    status: 415,
    detail: `Cannot take a body of type '${type}': known are ${known}${hint}`,
    headers: { accept: known },
  });
}

function chooseEncoding(headers: Headers): CompressionName | undefined {
  const given = headers.get("content-encoding")?.trim().toLowerCase() || "identity";
  if (given === "identity") return undefined;
  const encoding = ENCODINGS.find((name) => name === given.replace(/^x-gzip$/, "gzip"));
  if (encoding !== undefined) return encoding;
  const known = ["identity", ...ENCODINGS].join(", ");
  throw new HttpProblem({
    status: 415,
    detail: `Cannot take a body of encoding '${given}': known are ${known}`,
    headers: { "accept-encoding": known },
  });
}

function readText(options: BodyReaderOptions): BodyReader {
  return new TextBodyReader(options);
}

function readJson(options: BodyReaderOptions): BodyReader {
  return new JsonBodyReader(options);
}
