import { gzipStream } from "../../base/compression/gzip_stream.ts";
import { type Criteria, CriteriaError } from "../../event/criteria.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { StalledClientError } from "../send_room.ts";
import { AnswerHead } from "./answer_head.ts";
import { openAnswerStream } from "./answer_stream.ts";
import { type AnswerDoc, type Call, type HttpContext, NOTHING_KEPT } from "./operation.ts";
import { HttpProblem } from "./problem.ts";
import { storeProblem } from "./store_problem.ts";
import { acceptsGzip } from "./weighted_list.ts";

/** How a search goes wrong, by status. */
export const SEARCH_PROBLEMS: Readonly<Record<number, AnswerDoc>> = {
  400: { description: "A parameter is wrong, or a pattern ran out of time." },
  409: NOTHING_KEPT,
  503: { description: "The store cannot be read now, or too many searches run." },
};

/** What a search is answered for. */
export interface SearchRequest {
  readonly criteria: Criteria;
  readonly call: Call;
  readonly context: HttpContext;
  /** Whether there may be too many counts. @default {false} */
  readonly mayCountTooMany?: boolean;
}

/** What a search is told. */
export interface SearchControl {
  /** Ends it. */
  readonly signal: AbortSignal;
  /** Must be called when patterns that may run away are tried first. */
  readonly onTurn: () => void;
}

/**
 * An answer that the store is searched for, compressed if the client takes it so. The search ends when the client leaves, reads
 * nothing for too long, or the collector stops.
 *
 * @param begin Begins the search and makes its pieces.
 * @param headers What else its head has.
 * @throws {HttpProblem} When too many searches run, or this one fails before the answer begins.
 */
export async function answerSearch(
  request: SearchRequest,
  headers: Headers,
  begin: (control: SearchControl) => AsyncGenerator<Uint8Array, void>,
): Promise<Response> {
  headers.append("vary", "accept-encoding");
  if (!acceptsGzip(request.call.request.headers.get("accept-encoding"))) {
    return new Response(await openBody(request, begin), { headers });
  }
  headers.set("content-encoding", "gzip");
  const body = await openBody(request, (control) => gzipStream(begin(control)));
  return new Response(body, { headers });
}

async function openBody(
  { criteria, call: { client }, context, mayCountTooMany = false }: SearchRequest,
  begin: (control: SearchControl) => AsyncIterator<Uint8Array, void>,
): Promise<ReadableStream<Uint8Array>> {
  const { observer, limits, stopping } = context;
  const leave = context.searches.enter();
  const ended = context.counts.searching(client.path);
  const abort = new AbortController();
  const onStop = () => abort.abort(stopping.reason);
  stopping.addEventListener("abort", onStop, { once: true });
  function onEnd(error: unknown): void {
    leave();
    ended();
    stopping.removeEventListener("abort", onStop);
    if (error instanceof StalledClientError) observer({ kind: "stalled-client", client });
    else if (error instanceof CriteriaError) observer({ kind: "criteria-refused", client, error });
    else if (isFailure(error)) observer({ kind: "search-failed", client, error });
  }
  const { linear } = compileCriteria(criteria);
  using head = new AnswerHead(linear ? mayCountTooMany ? "counts" : "none" : "patterns");
  const control = { signal: abort.signal, onTurn: () => head.takeTurn() };
  try {
    return await openAnswerStream(begin(control), {
      abort,
      headDue: head.due,
      stallMs: limits.stallMs,
      onEnd,
    });
  } catch (error) {
    throw storeProblem(error, criteria);
  }
}

/** Not so are a client that left, a collector that stops, and a request that is wrong. */
function isFailure(error: unknown): boolean {
  if (error === undefined || error instanceof HttpProblem) return false;
  return !(error instanceof DOMException && error.name === "AbortError");
}
