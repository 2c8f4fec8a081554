import type { CollectorAddress } from "../../client/address.ts";
import { type Criteria, parseCriteria } from "../../event/criteria.ts";
import { compileCriteria } from "../../event/matcher.ts";
import { type BridgeStart, checkBridgeOptions } from "../../hat/bridge/bridge_options.ts";
import type { EventType } from "../../hat/event_type.ts";
import { DEFAULT_HOST, DEFAULT_PORT } from "../../wire/paths.ts";
import type { ConfigValue } from "./config_value.ts";
import { readPem } from "./pem_member.ts";

/** What a bridge between the event server and a collector needs to know. */
export interface BridgeConfig {
  /** Tells bridges of one server apart. */
  readonly name: string;
  readonly collector: CollectorAddress;
  /** Theia events that become Hat events. */
  readonly toHat: ToHatConfig | undefined;
  /** Hat events that become Theia events. */
  readonly toTheia: ToTheiaConfig | undefined;
}

/** Which Theia events become Hat events, and of which types. */
export interface ToHatConfig {
  readonly prefix: EventType;
  readonly criteria: Criteria;
  readonly start: BridgeStart;
}

/** Which Hat events become Theia events. */
export interface ToTheiaConfig {
  readonly prefix: EventType;
  readonly tags: readonly string[];
  readonly start: BridgeStart;
}

/** The prefix of Theia events where the configuration names none. */
const DEFAULT_PREFIX: EventType = ["theia"];

/** A bridge of which nothing is said: events of the collector on this machine. */
export const DEFAULT_BRIDGE: BridgeConfig = {
  name: "bridge",
  collector: { host: DEFAULT_HOST, port: DEFAULT_PORT },
  toHat: { prefix: DEFAULT_PREFIX, criteria: {}, start: "new" },
  toTheia: undefined,
};

/**
 * Reads the options of a bridge.
 *
 * @throws {UsageError} When something in them is wrong; the message says where.
 */
export async function readBridgeConfig(
  value: ConfigValue | undefined,
  directory: string,
): Promise<BridgeConfig> {
  if (value === undefined) return DEFAULT_BRIDGE;
  const members = value.members(["name", "collector", "toHat", "toTheia"]);
  const toHat = readToHat(members.get("toHat"));
  const toTheia = readToTheia(members.get("toTheia"));
  const config = {
    name: members.get("name")?.text() ?? DEFAULT_BRIDGE.name,
    collector: await readCollector(members.get("collector"), directory),
    toHat: toHat === undefined && toTheia === undefined ? DEFAULT_BRIDGE.toHat : toHat,
    toTheia,
  };
  assertBridge(config, value);
  return config;
}

/** The library knows the rules of prefixes; what it asks for besides is made later. */
function assertBridge({ toHat, toTheia }: BridgeConfig, value: ConfigValue): void {
  const never = () => Promise.reject(new Error("This bridge is not used"));
  const feed = async function* () {};
  try {
    checkBridgeOptions({
      toHat: toHat === undefined ? undefined : { ...toHat, feed },
      toTheia: toTheia === undefined ? undefined : { ...toTheia, push: never },
    });
  } catch (cause) {
    throw value.error(`cannot be used: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}

async function readCollector(
  value: ConfigValue | undefined,
  directory: string,
): Promise<CollectorAddress> {
  const members = value?.members(["host", "port", "secure", "caFile"]);
  const caFile = members?.get("caFile");
  const secure = members?.get("secure")?.flag() ?? false;
  if (caFile !== undefined && !secure) throw caFile.error("must stand beside 'secure': true");
  return {
    host: members?.get("host")?.text() ?? DEFAULT_HOST,
    port: members?.get("port")?.integer(1, 65535) ?? DEFAULT_PORT,
    secure,
    ...(caFile === undefined ? {} : { caCerts: [await readPem(caFile, directory)] }),
  };
}

function readToHat(value: ConfigValue | undefined): ToHatConfig | undefined {
  const members = value?.members(["prefix", "criteria", "start"]);
  if (members === undefined) return undefined;
  return {
    prefix: members.get("prefix")?.texts() ?? DEFAULT_PREFIX,
    criteria: readCriteria(members.get("criteria")),
    start: readStart(members.get("start")),
  };
}

function readToTheia(value: ConfigValue | undefined): ToTheiaConfig | undefined {
  const members = value?.members(["prefix", "tags", "start"]);
  if (members === undefined) return undefined;
  const tags = members.get("tags");
  const bad = tags?.list().find(({ raw }) => typeof raw === "string" && !/^[^,\r\n]+$/.test(raw));
  if (bad !== undefined) throw bad.wrong("must be a tag: one line without commas");
  return {
    prefix: members.need("prefix").texts(),
    tags: tags?.texts() ?? [],
    start: readStart(members.get("start")),
  };
}

function readStart(value: ConfigValue | undefined): BridgeStart {
  return value?.choice(["new", "stored"]) ?? "new";
}

/** Which place in the stream is the bridge's own business. */
function readCriteria(value: ConfigValue | undefined): Criteria {
  if (value === undefined) return {};
  value.members(["id", "source", "start", "end", "tags", "content"]);
  try {
    const criteria = parseCriteria(value.raw);
    compileCriteria(criteria);
    return criteria;
  } catch (cause) {
    throw value.error(`cannot be used: ${cause instanceof Error ? cause.message : cause}`, cause);
  }
}
