import { RETRY_AFTER_SECONDS } from "../limits.ts";

/** The media type of errors (RFC 9457). */
export const PROBLEM_TYPE = "application/problem+json";

/** The headers of an error that may pass. */
export const RETRY_LATER: Readonly<Record<string, string>> = {
  "retry-after": String(RETRY_AFTER_SECONDS),
};

/** What is told of an error. */
export interface ProblemDetails {
  /** The HTTP status. */
  readonly status: number;
  /** What is wrong, why, and what to do, for this request. */
  readonly detail: string;
  /** The parameter that is wrong, where it is one. */
  readonly parameter?: string;
  /** More members, such as how many events were stored before. */
  readonly more?: Readonly<Record<string, unknown>>;
  /** More headers, such as `retry-after`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** The short name of each kind of error, the same whatever the request was. */
const TITLES: Readonly<Record<number, string>> = {
  400: "Bad request",
  403: "Forbidden",
  404: "Not found",
  405: "Method not allowed",
  409: "Nothing is kept",
  413: "Too large",
  414: "Address too long",
  415: "Unsupported media type",
  500: "The collector failed",
  503: "Not available now",
};

/** A request that is answered with an error. */
export class HttpProblem extends Error {
  override readonly name = "HttpProblem";
  /** What the client is told. */
  readonly details: ProblemDetails;

  /** @param options The cause, which the client is not told. */
  constructor(details: ProblemDetails, options?: ErrorOptions) {
    super(details.detail, options);
    this.details = details;
  }

  /** The answer. */
  toResponse(): Response {
    const { status, detail, parameter, more, headers } = this.details;
    const title = TITLES[status] ?? "Error";
    const members = { type: "about:blank", title, status, detail, parameter, ...more };
    return new Response(`${JSON.stringify(members)}\n`, {
      status,
      headers: { ...headers, "content-type": PROBLEM_TYPE },
    });
  }
}

/** A parameter that cannot be used: answered with 400. */
export function wrongParameter(parameter: string, detail: string, cause?: unknown): HttpProblem {
  return new HttpProblem({ status: 400, detail, parameter }, { cause });
}
