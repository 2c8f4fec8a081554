import { resolve } from "node:path";
import type { SyncSource } from "../../hat/server/sync_options.ts";
import { parseByteSize } from "../byte_size.ts";
import type { CommandContext } from "../command.ts";
import { parseDuration } from "../../base/duration_text.ts";
import type { OptionTable, OptionValues } from "../option.ts";
import { badValue } from "../option_value.ts";
import { readServerTls, SERVER_TLS_OPTIONS } from "../tls_options.ts";
import { UsageError } from "../usage_error.ts";
import { DEFAULT_BRIDGE } from "./bridge_config.ts";
import {
  DEFAULT_EVENTER_HOST,
  DEFAULT_EVENTER_PORT,
  environmentToken,
  eventerAddress,
} from "./connect_eventer.ts";
import {
  DEFAULT_EVENTER_STORE,
  DEFAULT_SERVE_CONFIG,
  MAX_AGE_SECONDS,
  type ModuleConfig,
  readServeConfig,
  type ServeConfig,
  type StoreConfig,
} from "./serve_config.ts";

const STORE = "How events are kept";

/** The options of `theia eventer serve`. */
export const SERVE_OPTIONS = {
  config: {
    kind: "text",
    short: "c",
    long: "config",
    valueName: "FILE",
    isNew: true,
    help: "Settings as JSON; options go before them",
  },
  host: {
    kind: "text",
    short: "H",
    long: "host",
    valueName: "HOST",
    isNew: true,
    help: `Where to listen [default: ${DEFAULT_EVENTER_HOST}]`,
  },
  port: {
    kind: "integer",
    short: "P",
    long: "port",
    valueName: "PORT",
    min: 0,
    max: 65535,
    isNew: true,
    help: `The port; 0 takes any free one [default: ${DEFAULT_EVENTER_PORT}]`,
  },
  serverId: {
    kind: "integer",
    long: "server-id",
    valueName: "ID",
    min: 1,
    isNew: true,
    help: "Tells servers that synchronise with each other apart [default: 1]",
  },
  token: {
    kind: "text",
    long: "token",
    valueName: "TOKEN",
    isNew: true,
    help: "What clients must say that say a token at all, also from THEIA_EVENTER_TOKEN",
  },
  modules: {
    kind: "list",
    long: "module",
    valueName: "MODULE",
    isNew: true,
    help: "Modules: 'bridge', or files that export createModule",
  },
  syncFrom: {
    kind: "list",
    long: "sync-from",
    valueName: "[ID@]HOST:PORT",
    isNew: true,
    help:
      "Servers to copy the events of, by the token of this one; the id where it cannot be found out",
  },
  ...SERVER_TLS_OPTIONS,
  store: {
    kind: "text",
    long: "store",
    valueName: "URL",
    group: STORE,
    isNew: true,
    help:
      `sqlite:///relative/path, sqlite:////absolute/path or memory [default: ${DEFAULT_EVENTER_STORE}]`,
  },
  retention: {
    kind: "text",
    long: "retention",
    valueName: "TIME",
    group: STORE,
    isNew: true,
    help: "Drop events that are older: 90s, 15m, 2h, 30d, 4w",
  },
  maxBytes: {
    kind: "text",
    long: "max-bytes",
    valueName: "SIZE",
    group: STORE,
    isNew: true,
    help: "Drop the oldest events while the store takes more: 500MB, 10GB, 10GiB, 1T",
  },
} as const satisfies OptionTable;

/** The values of {@linkcode SERVE_OPTIONS}. */
export type ServeValues = OptionValues<typeof SERVE_OPTIONS>;

/** `1@name:port`, `name:port`, `[address]:port`, `name`. */
const SYNC_SOURCE = /^(?:(\d+)@)?(\[[^\]]+\]|[^:@]+)(?::(\d+))?$/;

/**
 * What the server needs to know: of the options, else of the configuration file, else the defaults.
 *
 * @throws {UsageError} When something is wrong.
 */
export async function chooseServeConfig(
  values: ServeValues,
  context: Pick<CommandContext, "global" | "environment">,
): Promise<ServeConfig> {
  const { config: file, syncFrom, modules } = values;
  const config = file === undefined ? DEFAULT_SERVE_CONFIG : await readServeConfig(file);
  const token = values.token ?? config.token ?? environmentToken(context.environment);
  const chosen: ServeConfig = {
    ...config,
    ...eventerAddress(values, context, config),
    serverId: values.serverId ?? config.serverId,
    token,
    tls: await readServerTls(values) ?? config.tls,
    store: chooseStore(values, config.store),
    syncFrom: syncFrom.length === 0
      ? config.syncFrom
      : syncFrom.map((text) => ({ ...readSyncSource(text), token })),
    modules: modules.length === 0 ? config.modules : modules.map(readModule),
  };
  assertOthers(chosen);
  return chosen;
}

function chooseStore(
  { store, retention, maxBytes }: ServeValues,
  config: StoreConfig,
): StoreConfig {
  if (store !== undefined && !/^(memory|dummy|sqlite:\/\/\/.+)$/s.test(store)) {
    const rule = "be memory, sqlite:///relative/path or sqlite:////absolute/path";
    throw badValue(SERVE_OPTIONS.store, rule, store);
  }
  return {
    ...config,
    url: store ?? config.url,
    limits: {
      ...config.limits,
      ...(retention === undefined ? {} : { maxAgeSeconds: readRetention(retention) }),
      ...(maxBytes === undefined ? {} : { maxBytes: readMaxBytes(maxBytes) }),
    },
  };
}

function readRetention(text: string): number {
  try {
    const seconds = parseDuration(text);
    if (seconds <= MAX_AGE_SECONDS) return seconds;
    throw new TypeError(`be at most ${MAX_AGE_SECONDS} seconds`);
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw badValue(SERVE_OPTIONS.retention, cause.message, text);
  }
}

function readMaxBytes(text: string): number {
  try {
    const bytes = parseByteSize(text);
    if (bytes > 0) return bytes;
    throw new TypeError("be more than 0");
  } catch (cause) {
    if (!(cause instanceof TypeError)) throw cause;
    throw badValue(SERVE_OPTIONS.maxBytes, cause.message, text);
  }
}

function readSyncSource(text: string): SyncSource {
  const [, id, name, digits] = SYNC_SOURCE.exec(text) ?? [];
  const port = digits === undefined ? DEFAULT_EVENTER_PORT : Number(digits);
  const serverId = id === undefined ? undefined : Number(id);
  const isSafe = serverId === undefined || (Number.isSafeInteger(serverId) && serverId > 0);
  if (name === undefined || port < 1 || port > 65535 || !isSafe) {
    throw badValue(SERVE_OPTIONS.syncFrom, "be HOST:PORT or ID@HOST:PORT", text);
  }
  return { hostname: name.replace(/^\[(.*)\]$/, "$1"), port, serverId };
}

function readModule(text: string): ModuleConfig {
  if (text === "bridge") return { kind: "bridge", name: "bridge", options: DEFAULT_BRIDGE };
  return { kind: "file", name: text, file: resolve(text), options: undefined, place: undefined };
}

function assertOthers({ serverId, syncFrom, modules }: ServeConfig): void {
  if (syncFrom.some((source) => source.serverId === serverId)) {
    throw new UsageError(
      `Cannot copy the events of server ${serverId} as this server has the same id: ` +
        "give another one by '--server-id'",
    );
  }
  const bridges = modules.filter(({ kind }) => kind === "bridge").map(({ name }) => name);
  const twice = bridges.find((name, i) => bridges.indexOf(name) !== i);
  if (twice === undefined) return;
  throw new UsageError(
    `Cannot use two bridges with the name '${twice}' as their positions are kept by it: ` +
      "give each one its own 'options.name'",
  );
}
