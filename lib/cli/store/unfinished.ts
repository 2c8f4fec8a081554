import { StopRequest } from "../stop_request.ts";

/**
 * The error of a command that was to come to its end: stopped by the user before that, it has failed.
 *
 * @param error Any error; one that is no stop request stays as it is.
 * @param rest What is there now and what to do.
 */
export function asUnfinished(error: unknown, rest: string): unknown {
  return error instanceof StopRequest ? new Error(`Stopped: ${rest}`, { cause: error }) : error;
}
