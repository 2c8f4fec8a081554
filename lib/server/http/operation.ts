import type { EventStore } from "../../store/store.ts";
import { NON_PERSISTENT } from "../../wire/messages.ts";
import type { CollectorCounts } from "../collector_counts.ts";
import type { ClientInfo, CollectorObserver } from "../collector_notice.ts";
import type { Ingest } from "../ingest.ts";
import type { IntakeBudget } from "../intake_budget.ts";
import type { CollectorLimits } from "../limits.ts";
import type { LiveHub } from "../live_hub.ts";
import type { StoreHealth } from "../store_health.ts";
import type { Asset } from "./asset.ts";
import type { LineWriter } from "./event_format.ts";
import type { JsonSchema } from "./json_schema.ts";
import type { ParameterTable, ParameterValues } from "./parameter.ts";
import { HttpProblem } from "./problem.ts";
import type { RequestGate } from "./request_gate.ts";

/** The methods that routes have; `HEAD` and `OPTIONS` come of themselves. */
export type Method = "GET" | "POST" | "DELETE";

/** What the operations of a collector work with. */
export interface HttpContext {
  /** Absent when the collector keeps nothing. */
  readonly store: EventStore | undefined;
  readonly ingest: Ingest;
  readonly budget: IntakeBudget;
  readonly limits: CollectorLimits;
  readonly observer: CollectorObserver;
  readonly counts: CollectorCounts;
  readonly health: StoreHealth;
  readonly hub: LiveHub;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly writeLine: LineWriter;
  /** Of those that search. */
  readonly searches: RequestGate;
  /** Of those that push events. */
  readonly pushes: RequestGate;
  /** Aborts when the collector stops. */
  readonly stopping: AbortSignal;
}

/** A request to an operation. */
export interface Call {
  readonly request: Request;
  /** The variable parts of the path, decoded. */
  readonly path: Readonly<Record<string, string>>;
  /** For notices. */
  readonly client: ClientInfo;
}

/** What an answer of one status is. */
export interface AnswerDoc {
  readonly description: string;
  /** The media types of its body, none when there is no body. */
  readonly types?: readonly string[];
  /** The schema of its body where that is JSON. */
  readonly schema?: JsonSchema;
  /** Its headers, with what they say. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a route does for one method, and what is documented of it: both are made from this. */
export interface Operation {
  /** Its name in the API's document. */
  readonly id: string;
  readonly summary: string;
  readonly description?: string;
  readonly parameters: ParameterTable;
  /** The media types of the body that it takes. */
  readonly bodyTypes?: readonly string[];
  /** By status; every error is a problem. */
  readonly answers: Readonly<Record<number, AnswerDoc>>;
  /** @throws {HttpProblem} For an answer that is an error. */
  readonly answer: (
    call: Call,
    values: ParameterValues<ParameterTable>,
    context: HttpContext,
  ) => Response | Promise<Response>;
}

/** A path with what it does. `{name}` stands for a part of the path without a slash. */
export interface Route {
  readonly path: string;
  /** The variable parts of the path, with what they are. */
  readonly pathParameters?: Readonly<Record<string, string>>;
  readonly methods: Readonly<Partial<Record<Method, Operation>>>;
}

/** Makes an operation whose `answer` sees the values of its own parameters. */
export function defineOperation<T extends ParameterTable>(
  operation: Omit<Operation, "parameters" | "answer"> & {
    readonly parameters: T;
    readonly answer: (
      call: Call,
      values: ParameterValues<T>,
      context: HttpContext,
    ) => Response | Promise<Response>;
  },
): Operation {
  return operation as unknown as Operation;
}

/** With 400, of an operation without parameters. */
export const NONE_TAKEN: AnswerDoc = { description: "A parameter was given: none is taken." };

/** With 409, see {@linkcode requireStore}. */
export const NOTHING_KEPT: AnswerDoc = { description: "The collector keeps nothing." };

/** @throws {HttpProblem} When the collector keeps nothing. */
export function requireStore({ store }: HttpContext): EventStore {
  if (store !== undefined) return store;
  throw new HttpProblem({ status: 409, detail: NON_PERSISTENT });
}
