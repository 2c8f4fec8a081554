import {
  type AckMessage,
  type ErrorMessage,
  parseServerMessage,
  type Rejection,
} from "../wire/messages.ts";
import { shorten } from "./answer.ts";
import type { Message } from "./connection.ts";
import { ProtocolError } from "./push_result.ts";

/** What the next answer of a collector must be about. */
export interface ExpectedAck {
  /** The number of the message on its connection. */
  readonly ack: number;
  /** How many events the message has. */
  readonly events: number;
}

/**
 * Reads a message of a collector to a producer: an ack, checked in full, as believing a wrong one would
 * lose events, or an error, after which the collector closes the connection.
 *
 * @param expected Undefined when no message is unanswered.
 * @throws {ProtocolError} When it is neither an error nor the ack that must come next.
 */
export function readPushAnswer(
  answer: Message,
  expected: ExpectedAck | undefined,
  url: string,
): AckMessage | ErrorMessage {
  if (typeof answer !== "string") {
    throw new ProtocolError(url, "it sent bytes where an ack must come");
  }
  const message = parseAnswer(answer, url);
  if ("error" in message) return message;
  if (expected === undefined) {
    throw new ProtocolError(url, `it sent ack ${message.ack} where no message is unacknowledged`);
  }
  if (message.ack !== expected.ack) {
    throw new ProtocolError(url, `it sent ack ${message.ack} where ack ${expected.ack} must come`);
  }
  const { ack, events, duplicates, rejected = [] } = message;
  if (!isCount(events) || !isCount(duplicates) || !isRejections(rejected, expected)) {
    throw new ProtocolError(url, `it sent a malformed ack: ${shorten(answer)}`);
  }
  const sum = events + duplicates + rejected.length;
  if (sum !== expected.events) {
    const reason = `its ack ${ack} speaks of ${sum} events, the message has ${expected.events}`;
    throw new ProtocolError(url, reason);
  }
  return message;
}

function parseAnswer(answer: string, url: string): AckMessage | ErrorMessage {
  const reason = `it sent ${shorten(answer)} where an ack must come`;
  let message;
  try {
    message = parseServerMessage(answer);
  } catch (cause) {
    throw new ProtocolError(url, reason, { cause });
  }
  if (typeof message === "object" && ("ack" in message || "error" in message)) return message;
  throw new ProtocolError(url, reason);
}

function isRejections(rejected: readonly Rejection[], expected: ExpectedAck): boolean {
  if (!Array.isArray(rejected)) return false;
  const places = new Set<number>();
  for (const rejection of rejected) {
    const { index, reason }: Partial<Rejection> = rejection ?? {};
    if (!isCount(index) || typeof reason !== "string") return false;
    if (index >= expected.events || places.has(index)) return false;
    places.add(index);
  }
  return true;
}

function isCount(value: unknown): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
