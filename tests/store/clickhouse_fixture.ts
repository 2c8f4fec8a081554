import {
  ClickHouseStore,
  type ClickHouseStoreOptions,
} from "../../lib/store/clickhouse/clickhouse_store.ts";
import { ClickHouseServer, IS_MISSING } from "./clickhouse_server.ts";
import { countFromEnv } from "../random.ts";
import type { ContractSize, StoreFixture } from "./store_contract.ts";

/** A ClickHouse store in a database of its own. */
export interface ClickHouseFixture extends StoreFixture {
  readonly store: ClickHouseStore;
  /** With which it was opened. */
  readonly url: string;
  reopen(): Promise<ClickHouseStore>;
}

/** Servers for the tests of a file, which run before the first and end behind the last of them. */
export interface TestServers {
  /** Of the servers, the first one is spoken to. */
  readonly servers: readonly ClickHouseServer[];
  /** Opens an empty store on all of them. */
  open(options?: ClickHouseStoreOptions): Promise<ClickHouseFixture>;
  /** Makes a database on all of them and returns the URL of a store in it. */
  database(): Promise<string>;
}

/** How many events are many: fewer than elsewhere, as a server takes long for them. */
export const CLICKHOUSE_SIZE: ContractSize = { events: countFromEnv("THEIA_EVENTS", 10_000) };

/** Tests of patience aside, a busy machine may take long: two minutes. */
const PATIENT: ClickHouseStoreOptions = { requestTimeoutMs: 120_000 };

let databases = 0;

/**
 * Declares servers for the tests of a file. Where the program is missing nothing is started.
 *
 * @param count 1, or the number of shards of a cluster.
 */
export function testServers(count: number): TestServers {
  let servers: readonly ClickHouseServer[] = [];
  if (!IS_MISSING) {
    Deno.test.beforeAll(async () => {
      servers = await ClickHouseServer.start(count);
    });
    Deno.test.afterAll(async () => {
      for (const server of servers) await server[Symbol.asyncDispose]();
    });
  }

  return {
    get servers() {
      return servers;
    },
    database: () => makeDatabase(servers, nextName()),
    async open(options = {}) {
      const patient = { ...PATIENT, ...options };
      const name = nextName();
      const url = await makeDatabase(servers, name);
      await using stack = new AsyncDisposableStack();
      stack.defer(async () => {
        for (const server of servers) await server.query(`DROP DATABASE ${name}`);
      });
      const store = stack.use(await ClickHouseStore.open(url, patient));
      let current = store;
      const kept = stack.move();
      return {
        store,
        url,
        async reopen() {
          await current[Symbol.asyncDispose]();
          return current = kept.use(await ClickHouseStore.open(url, patient));
        },
        [Symbol.asyncDispose]: () => kept.disposeAsync(),
      };
    },
  };
}

/** Two servers that are shards of a cluster, for one test. */
export interface ServerPair extends AsyncDisposable {
  readonly servers: readonly ClickHouseServer[];
  /** Makes a database on both and returns the URL of a store in it. */
  database(): Promise<string>;
}

/** Starts two servers for a test that stops them now and then. */
export async function serverPair(): Promise<ServerPair> {
  const servers = await ClickHouseServer.start(2);
  return {
    servers,
    database: () => makeDatabase(servers, nextName()),
    async [Symbol.asyncDispose]() {
      for (const server of servers) await server[Symbol.asyncDispose]();
    },
  };
}

function nextName(): string {
  return `test${++databases}`;
}

async function makeDatabase(
  servers: readonly ClickHouseServer[],
  name: string,
): Promise<string> {
  for (const server of servers) await server.query(`CREATE DATABASE ${name}`);
  const hosts = servers.map(({ host }) => host).join(",");
  return servers[0]?.url(name, hosts, servers.length > 1 ? "?cluster=two" : "") ?? "";
}
