import { type Criteria, CriteriaError } from "../../event/criteria.ts";
import {
  EventNotFoundError,
  EventReadError,
  EventStoreError,
  EventWriteError,
} from "../../store/store.ts";
import { criteriaProblem } from "./criteria_parameters.ts";
import { HttpProblem, RETRY_LATER } from "./problem.ts";

/** What a client is told of an error of the store; other errors are given back as they are. */
export function storeProblem(error: unknown, criteria: Criteria = {}): unknown {
  if (error instanceof CriteriaError) return criteriaProblem(criteria, error);
  if (error instanceof EventNotFoundError) {
    return new HttpProblem({ status: 404, detail: error.message }, { cause: error });
  }
  if (!(error instanceof EventStoreError)) return error;
  const mayPass = error instanceof EventWriteError ? error.retryable : true;
  const isKnown = error instanceof EventWriteError || error instanceof EventReadError;
  const detail = isKnown ? error.message : "Cannot use the store now";
  return new HttpProblem({
    status: mayPass ? 503 : 500,
    detail,
    ...(mayPass ? { headers: RETRY_LATER } : {}),
  }, { cause: error });
}
