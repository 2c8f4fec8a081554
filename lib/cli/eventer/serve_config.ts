import { dirname, resolve } from "node:path";
import type { BackendLimits } from "../../hat/backends/options.ts";
import type { ServerTls } from "../../hat/chatter/sockets.ts";
import { MAX_TIMER_MS } from "../../base/max_timer.ts";
import { type EngineLimits, maxOfLimit } from "../../hat/engine/engine_limits.ts";
import type { SyncSource } from "../../hat/server/sync_options.ts";
import { type BridgeConfig, readBridgeConfig } from "./bridge_config.ts";
import { ConfigValue } from "./config_value.ts";
import { DEFAULT_EVENTER_HOST, DEFAULT_EVENTER_PORT } from "./connect_eventer.ts";
import { readPem } from "./pem_member.ts";

/** Where events are kept, and for how long. */
export interface StoreConfig {
  readonly url: string;
  readonly flushPeriodMs?: number | undefined;
  readonly limits: BackendLimits;
}

/** A module that is to be made. */
export type ModuleConfig =
  | { readonly kind: "bridge"; readonly name: string; readonly options: BridgeConfig }
  | {
    /** One that its user wrote. */
    readonly kind: "file";
    readonly name: string;
    readonly file: string;
    /** Is handed to it. */
    readonly options: unknown;
    /** Where it stands in the configuration, for messages; undefined for an option. */
    readonly place: ConfigValue | undefined;
  };

/** All that an event server needs to know. */
export interface ServeConfig {
  readonly hostname: string;
  readonly port: number;
  readonly serverId: number;
  readonly token: string | undefined;
  readonly tls: ServerTls | undefined;
  readonly store: StoreConfig;
  readonly limits: Partial<EngineLimits>;
  readonly syncFrom: readonly SyncSource[];
  readonly modules: readonly ModuleConfig[];
}

/** Where events are kept unless told otherwise: beside those of a collector. */
export const DEFAULT_EVENTER_STORE = "sqlite:///theia-data/eventer.db";

/** What holds where neither file nor option says anything. */
export const DEFAULT_SERVE_CONFIG: ServeConfig = {
  hostname: DEFAULT_EVENTER_HOST,
  port: DEFAULT_EVENTER_PORT,
  serverId: 1,
  token: undefined,
  tls: undefined,
  store: { url: DEFAULT_EVENTER_STORE, limits: {} },
  limits: {},
  syncFrom: [],
  modules: [],
};

/** Before that there are no timestamps to be compared: some hundred million years. */
export const MAX_AGE_SECONDS: number = Number.MAX_SAFE_INTEGER;

const MEMBERS: readonly string[] = [
  "host",
  "port",
  "serverId",
  "token",
  "tls",
  "store",
  "limits",
  "syncFrom",
  "modules",
];

const LIMITS: readonly (keyof EngineLimits)[] = [
  "maxRounds",
  "maxAddedEvents",
  "moduleTimeoutMs",
  "maxWaitingEvents",
];

/**
 * Reads a configuration file. Paths in it are relative to its directory.
 *
 * @throws {UsageError} When something in it is wrong; the message says where.
 */
export async function readServeConfig(file: string): Promise<ServeConfig> {
  const root = await ConfigValue.read(file);
  const members = root.members(MEMBERS);
  const directory = dirname(resolve(file));
  const preset = DEFAULT_SERVE_CONFIG;
  return {
    hostname: members.get("host")?.text() ?? preset.hostname,
    port: members.get("port")?.integer(0, 65535) ?? preset.port,
    serverId: members.get("serverId")?.integer(1) ?? preset.serverId,
    token: members.get("token")?.text(),
    tls: await readTls(members.get("tls"), directory),
    store: readStore(members.get("store"), directory) ?? preset.store,
    limits: readLimits(members.get("limits")),
    syncFrom: await Promise.all(
      (members.get("syncFrom")?.list() ?? []).map((value) => readSyncSource(value, directory)),
    ),
    modules: await Promise.all(
      (members.get("modules")?.list() ?? []).map((value) => readModule(value, directory)),
    ),
  };
}

async function readTls(
  value: ConfigValue | undefined,
  directory: string,
): Promise<ServerTls | undefined> {
  const members = value?.members(["cert", "key"]);
  if (members === undefined) return undefined;
  return {
    cert: await readPem(members.need("cert"), directory),
    key: await readPem(members.need("key"), directory),
  };
}

function readStore(value: ConfigValue | undefined, directory: string): StoreConfig | undefined {
  if (value === undefined) return undefined;
  if (value.isText) return { url: storeUrl(value, directory), limits: {} };
  const members = value.members([
    "url",
    "flushPeriodMs",
    "maxEvents",
    "maxAgeSeconds",
    "maxBytes",
  ]);
  const maxEvents = members.get("maxEvents")?.integer(1);
  const maxAgeSeconds = members.get("maxAgeSeconds")?.positive(MAX_AGE_SECONDS);
  const maxBytes = members.get("maxBytes")?.integer(1);
  return {
    url: storeUrl(members.need("url"), directory),
    flushPeriodMs: members.get("flushPeriodMs")?.positive(MAX_TIMER_MS),
    limits: {
      ...(maxEvents === undefined ? {} : { maxEvents }),
      ...(maxAgeSeconds === undefined ? {} : { maxAgeSeconds }),
      ...(maxBytes === undefined ? {} : { maxBytes }),
    },
  };
}

/** A relative path becomes one from the directory of the configuration, which is no URL as the path is. */
function storeUrl(value: ConfigValue, directory: string): string {
  const url = value.text();
  if (url === "memory" || url === "dummy") return url;
  const [, path] = /^sqlite:\/\/\/(.+)$/s.exec(url) ?? [];
  if (path === undefined) {
    throw value.wrong("must be memory, dummy, sqlite:///relative/path or sqlite:////absolute/path");
  }
  return `sqlite:///${resolve(directory.replaceAll("%", "%25"), path)}`;
}

function readLimits(value: ConfigValue | undefined): Partial<EngineLimits> {
  const members = value?.members(LIMITS);
  const given = LIMITS.flatMap((name) => {
    const limit = members?.get(name)?.integer(1, maxOfLimit(name));
    return limit === undefined ? [] : [[name, limit] as const];
  });
  return Object.fromEntries(given);
}

async function readSyncSource(value: ConfigValue, directory: string): Promise<SyncSource> {
  const members = value.members(["host", "port", "serverId", "token", "secure", "caFile"]);
  const caFile = members.get("caFile");
  const isSecure = members.get("secure")?.flag() ?? false;
  if (caFile !== undefined && !isSecure) throw caFile.error("must stand beside 'secure': true");
  const caCerts = caFile === undefined ? [] : [await readPem(caFile, directory)];
  return {
    hostname: members.get("host")?.text() ?? DEFAULT_EVENTER_HOST,
    port: members.get("port")?.integer(1, 65535) ?? DEFAULT_EVENTER_PORT,
    serverId: members.get("serverId")?.integer(1),
    token: members.get("token")?.text(),
    tls: isSecure ? { caCerts } : undefined,
  };
}

/** A built-in module has a name, one of one's own a path. */
async function readModule(value: ConfigValue, directory: string): Promise<ModuleConfig> {
  const members = value.members(["name", "path", "options"]);
  const path = members.get("path");
  const options = members.get("options");
  const name = members.get("name");
  if (path === undefined) {
    const kind = members.need("name").choice(["bridge"]);
    const bridge = await readBridgeConfig(options, directory);
    return { kind, name: bridge.name, options: bridge };
  }
  const file = resolve(directory, path.text());
  return {
    kind: "file",
    name: name?.text() ?? path.text(),
    file,
    options: options?.raw,
    place: path,
  };
}
