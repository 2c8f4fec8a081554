import { EventStoreError } from "../store.ts";

/** Where a ClickHouse store is, as its URL says. */
export interface ClickHouseAddress {
  /** Origins of the HTTP interfaces: the first one is asked, on the others tables are looked after. */
  readonly origins: readonly [string, ...string[]];
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** The cluster over whose shards events are spread; undefined for one server. */
  readonly cluster: string | undefined;
  /** The URL without user and password, for messages. */
  readonly name: string;
}

const FORM =
  "clickhouse://user:password@host:8123/database?cluster=name, where user, password, port, " +
  "database and cluster may be left out, special characters are percent-encoded, and " +
  "clickhouses:// speaks HTTPS";

const URL_FORM =
  /^clickhouse(s?):\/\/(?:([^:@/?#]*)(?::([^@/?#]*))?@)?([^@/?#]+)(?:\/([^/?#@]*))?(?:\?([^#@]*))?$/;

const HOST_FORM = /^(\[[0-9a-f:.]+\]|[a-z0-9_.-]+)(?::(\d{1,5}))?$/i;

const PORTS = { http: 8123, https: 8443 } as const;

/** Whether a URL names a ClickHouse store, well-formed or not. */
export function isClickHouseUrl(url: string): boolean {
  return /^clickhouses?:/.test(url);
}

/**
 * Reads the URL of a ClickHouse store.
 *
 * @throws {EventStoreError} When it is not of the form; the message holds no password.
 */
export function parseAddress(url: string): ClickHouseAddress {
  const match = URL_FORM.exec(url);
  if (match === null) throw refused("it must have the form");
  const [, secure, user, password, hosts = "", database, query] = match;
  const scheme = secure === "s" ? "https" : "http";
  const [first = "", ...others] = hosts.split(",").map((host) => readHost(host, PORTS[scheme]));
  const address = {
    user: decode("the user", user ?? "") || "default",
    password: decode("the password", password ?? ""),
    database: decode("the database", database ?? "") || "default",
    cluster: readCluster(query ?? ""),
  };
  for (const [what, text] of Object.entries(address)) {
    // deno-lint-ignore no-control-regex -- they could split a header
    if (/[\x00-\x1f\x7f]/.test(text ?? "")) {
      throw refused(`the ${what} must be without control characters in the form`);
    }
  }
  return {
    ...address,
    origins: [`${scheme}://${first}`, ...others.map((other) => `${scheme}://${other}`)],
    name: `clickhouse${secure}://${first}/${encodeURIComponent(address.database)}`,
  };
}

function readHost(text: string, defaultPort: number): string {
  const [, host, port = String(defaultPort)] = HOST_FORM.exec(text) ?? [];
  if (host === undefined || Number(port) < 1 || Number(port) > 65_535) {
    // What looks like a host may be a password whose host is missing: it is not shown.
    throw refused(
      "each host must be a name or an address, with a port from 1 to 65535, in the form",
    );
  }
  return `${host}:${port}`;
}

function readCluster(query: string): string | undefined {
  let cluster: string | undefined;
  for (const part of query.split("&")) {
    if (part === "") continue;
    const [key = "", value = ""] = part.split("=");
    if (key !== "cluster") throw refused("'cluster' is the only parameter in the form");
    cluster = decode("the cluster", value) || undefined;
  }
  return cluster;
}

function decode(what: string, text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw refused(`${what} must be percent-encoded in the form`);
  }
}

function refused(rule: string): EventStoreError {
  return new EventStoreError(`Cannot open ClickHouse store by its URL: ${rule} ${FORM}`);
}
