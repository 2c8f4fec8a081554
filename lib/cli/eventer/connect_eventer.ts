import { ChatterError } from "../../hat/chatter/chatter_error.ts";
import {
  EventerClient,
  type EventerClientOptions,
  EventerInitError,
} from "../../hat/eventer/eventer_client.ts";
import type { CommandContext } from "../command.ts";
import type { Environment } from "../environment.ts";
import { DEFAULT_HOST, DEFAULT_PORT } from "../../wire/paths.ts";
import type { OptionTable, OptionValues } from "../option.ts";
import { unlessStopped } from "../stop_request.ts";
import { CLIENT_TLS_OPTIONS, readClientTls } from "../tls_options.ts";

/** The port of Hat's event servers. */
export const DEFAULT_EVENTER_PORT = 23012;

/** This machine and no other: who has no token is let in. */
export const DEFAULT_EVENTER_HOST = "127.0.0.1";

/** Options of commands that connect to an event server. */
export const EVENTER_CLIENT_OPTIONS = {
  host: {
    kind: "text",
    short: "H",
    long: "host",
    valueName: "HOST",
    isNew: true,
    help: `Host of the event server [default: ${DEFAULT_EVENTER_HOST}]`,
  },
  port: {
    kind: "integer",
    short: "P",
    long: "port",
    valueName: "PORT",
    min: 1,
    max: 65535,
    isNew: true,
    help: `Port of the event server [default: ${DEFAULT_EVENTER_PORT}]`,
  },
  name: {
    kind: "text",
    long: "name",
    valueName: "NAME",
    default: "theia",
    isNew: true,
    help: "What the client calls itself",
  },
  token: {
    kind: "text",
    long: "token",
    valueName: "TOKEN",
    isNew: true,
    help: "The token of the server, also from THEIA_EVENTER_TOKEN",
  },
  ...CLIENT_TLS_OPTIONS,
} as const satisfies OptionTable;

/** The variable with the token: arguments are seen by all users of a machine. */
const TOKEN_VARIABLE = "THEIA_EVENTER_TOKEN";

/** The values of {@linkcode EVENTER_CLIENT_OPTIONS}. */
export type EventerClientValues = OptionValues<typeof EVENTER_CLIENT_OPTIONS>;

/** Where an event server is; options before the command count, too. */
export function eventerAddress(
  { host, port }: Pick<EventerClientValues, "host" | "port">,
  { global }: Pick<CommandContext, "global">,
  preset: EventerAddress = { hostname: DEFAULT_EVENTER_HOST, port: DEFAULT_EVENTER_PORT },
): EventerAddress {
  return {
    hostname: host ?? (global.host === DEFAULT_HOST ? preset.hostname : global.host),
    port: port ?? (global.port === DEFAULT_PORT ? preset.port : global.port),
  };
}

/** The token that the environment has; a program without the right to read it has none. */
export function environmentToken(environment: Pick<Environment, "variable">): string | undefined {
  try {
    return environment.variable(TOKEN_VARIABLE);
  } catch (error) {
    if (error instanceof Deno.errors.NotCapable) return undefined;
    throw error;
  }
}

/** Host and port. */
interface EventerAddress {
  readonly hostname: string;
  readonly port: number;
}

/**
 * Connects as a client of an event server.
 *
 * @returns Undefined when the command was stopped before.
 * @throws {Error} When that is not possible; the message says why.
 * @throws {UsageError} When the options do not go together.
 */
export async function connectEventer(
  values: EventerClientValues,
  context: CommandContext,
  wishes: Partial<EventerClientOptions> = {},
): Promise<EventerClient | undefined> {
  const { environment, stop, reporter } = context;
  const address = eventerAddress(values, context);
  const { secure = false, caCerts = [] } = await readClientTls(values);
  const where = formatAddress(address);
  try {
    const client = await unlessStopped(stop, (signal) =>
      EventerClient.connect({
        ...address,
        clientName: values.name,
        clientToken: values.token ?? environmentToken(environment),
        tls: secure ? { caCerts } : undefined,
        signal,
        ...wishes,
      }));
    if (client !== undefined) reporter.detail(`Connected to ${where}, which is ${client.status}`);
    return client;
  } catch (cause) {
    throw connectError(where, cause);
  }
}

/** `host:port`, IPv6 in brackets. */
export function formatAddress({ hostname, port }: EventerAddress): string {
  return hostname.includes(":") ? `[${hostname}]:${port}` : `${hostname}:${port}`;
}

function connectError(where: string, cause: unknown): Error {
  const reason = cause instanceof Error ? cause.message : String(cause);
  if (cause instanceof EventerInitError) {
    return new Error(`Cannot connect to event server at ${where}: it answered '${reason}'`, {
      cause,
    });
  }
  const hint = cause instanceof ChatterError ? "; is it an event server, and does it use TLS?" : "";
  return new Error(`Cannot connect to event server at ${where}: ${reason}${hint}`, { cause });
}
