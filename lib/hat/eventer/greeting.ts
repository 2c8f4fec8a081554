import { ChatterError } from "../chatter/chatter_error.ts";
import type { ChatterConnection } from "../chatter/connection.ts";
import type { Conversation } from "../chatter/outbox.ts";
import type { Clock } from "../clock.ts";
import { Subscription } from "../subscription.ts";
import { unexpected } from "./client_session.ts";
import { INIT_REQUEST, INIT_RESPONSE, type InitRequest, type InitResponse } from "./messages.ts";

/** What a client said who it is, and where the answer goes. */
export interface Greeting {
  readonly request: InitRequest;
  readonly conversation: Conversation;
}

/**
 * Waits for the first message of a client.
 *
 * @returns Undefined when it leaves without a word.
 * @throws When it sends something else, or nothing for too long.
 */
export async function receiveGreeting(
  connection: ChatterConnection,
  clock: Clock,
  timeoutMs: number,
): Promise<Greeting | undefined> {
  using _timer = clock.after(timeoutMs, () => {
    const reason = `The client did not say who it is within ${timeoutMs} ms`;
    connection.abort(new ChatterError("timeout", reason));
  });
  const message = await connection.receive();
  if (message === undefined) {
    if (connection.failure !== undefined) throw connection.failure;
    return undefined;
  }
  const { id, first, last, type, data } = message;
  if (type !== INIT_REQUEST.type || id !== first || last) throw unexpected(message);
  return { request: INIT_REQUEST.decode(data), conversation: { isOwn: false, first } };
}

/** Answers the first message of a client. */
export function answerGreeting(
  connection: ChatterConnection,
  { conversation }: Greeting,
  response: InitResponse,
): void {
  connection.send(INIT_RESPONSE.type, INIT_RESPONSE.encode(response), { conversation });
}

/** Why a client is not accepted, in the words of Hat; else what it is told. */
export function checkGreeting(
  { request }: Greeting,
  token: string | undefined,
): Subscription | string {
  let subscription: Subscription;
  try {
    subscription = new Subscription(request.subscriptions);
  } catch {
    return "invalid query event type";
  }
  const { clientToken } = request;
  if (clientToken !== undefined && clientToken !== token) return "invalid client token";
  return subscription;
}
