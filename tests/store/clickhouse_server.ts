import { freePort } from "../e2e/free_port.ts";

/** The password needs escaping in a URL, and must not be seen anywhere. */
export const USER = "theia";
export const PASSWORD = "s3cret/@:%";

/** Where Debian's package has the server. */
const PROGRAMS = ["/usr/sbin/clickhouse-server", "/usr/bin/clickhouse-server"];

const PROGRAM = PROGRAMS.find((path) => {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
});

/** Whether tests that need the server must be skipped. */
export const IS_MISSING = PROGRAM === undefined;

if (IS_MISSING) {
  const text =
    "skipped: no clickhouse-server in /usr/sbin or /usr/bin (Debian: clickhouse-server)\n";
  Deno.stderr.writeSync(new TextEncoder().encode(text));
}

/** Long enough for a slow machine. */
const START_MS = 60_000;

/** A server that has not answered by then is asked again. */
const ANSWER_MS = 2000;

interface Ports {
  readonly http: number;
  readonly tcp: number;
  readonly interserver: number;
}

/** A ClickHouse server of its own, with its files in a directory that goes away with it. */
export class ClickHouseServer implements AsyncDisposable {
  readonly #directory: string;
  readonly ports: Ports;
  #process: Deno.ChildProcess | undefined;

  private constructor(directory: string, ports: Ports) {
    this.#directory = directory;
    this.ports = ports;
  }

  /** Starts servers that are the shards of the cluster `two`, or a single one. */
  static async start(count: number, extra = ""): Promise<readonly ClickHouseServer[]> {
    const servers: ClickHouseServer[] = [];
    for (let i = 0; i < count; i++) {
      const directory = await Deno.makeTempDir({ prefix: "theia-clickhouse-" });
      const ports = { http: freePort(), tcp: freePort(), interserver: freePort() };
      servers.push(new ClickHouseServer(directory, ports));
    }
    for (const server of servers) {
      await server.#writeConfig(servers, extra);
      await server.run();
    }
    return servers;
  }

  /** `host:port` of the HTTP interface. */
  get host(): string {
    return `127.0.0.1:${this.ports.http}`;
  }

  /** The URL of a store in a database. */
  url(database: string, hosts: string = this.host, query = ""): string {
    const [user, password] = [USER, PASSWORD].map(encodeURIComponent);
    return `clickhouse://${user}:${password}@${hosts}/${database}${query}`;
  }

  /** Starts the program and waits until it answers. */
  async run(): Promise<void> {
    this.#process = new Deno.Command(PROGRAM ?? "", {
      args: [`--config-file=${this.#directory}/config.xml`],
      cwd: this.#directory,
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    const deadline = Date.now() + START_MS;
    while (!await this.#answers()) {
      if (Date.now() > deadline) throw new Error("clickhouse-server did not start");
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }

  /** Runs a statement and returns what the server wrote. */
  async query(sql: string, signal?: AbortSignal): Promise<string> {
    const response = await fetch(`http://${this.host}/?wait_end_of_query=1`, {
      method: "POST",
      headers: { "X-ClickHouse-User": USER, "X-ClickHouse-Key": PASSWORD },
      body: sql,
      ...(signal === undefined ? {} : { signal }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(text);
    return text;
  }

  signal(signal: Deno.Signal): void {
    this.#process?.kill(signal);
  }

  /** Ends the program at once, as a crash does. */
  async kill(): Promise<void> {
    const process = this.#process;
    this.#process = undefined;
    process?.kill("SIGKILL");
    await process?.status;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
    await Deno.remove(this.#directory, { recursive: true });
  }

  async #answers(): Promise<boolean> {
    // Without leaving a request behind, which would be answered within some test.
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), ANSWER_MS);
    try {
      return await this.query("SELECT 1", stop.signal) === "1\n";
    } catch {
      return false;
    } finally {
      clearTimeout(timer);
    }
  }

  async #writeConfig(servers: readonly ClickHouseServer[], extra: string): Promise<void> {
    const directory = this.#directory;
    const shards = servers.map(({ ports }) =>
      `<shard><replica><host>127.0.0.1</host><port>${ports.tcp}</port>` +
      `<user>${USER}</user><password>${PASSWORD}</password></replica></shard>`
    );
    const paths = {
      path: "data",
      tmp_path: "tmp",
      user_files_path: "files",
      format_schema_path: "formats",
    };
    for (const name of Object.values(paths)) await Deno.mkdir(`${directory}/${name}`);
    const pathTags = Object.entries(paths).map(([tag, name]) =>
      `<${tag}>${directory}/${name}/</${tag}>`
    );
    const { http, tcp, interserver } = this.ports;
    await Deno.writeTextFile(
      `${directory}/config.xml`,
      `<yandex><logger><level>warning</level><log>${directory}/log</log></logger>
      <listen_host>127.0.0.1</listen_host><http_port>${http}</http_port><tcp_port>${tcp}</tcp_port>
      <interserver_http_port>${interserver}</interserver_http_port>
      <interserver_http_host>127.0.0.1</interserver_http_host>${pathTags.join("")}
      <users_config>users.xml</users_config><default_profile>default</default_profile>
      <default_database>default</default_database><mark_cache_size>67108864</mark_cache_size>
      <remote_servers><two>${shards.join("")}</two></remote_servers>
      ${extra}</yandex>`,
    );
    await Deno.writeTextFile(
      `${directory}/users.xml`,
      `<yandex><profiles><default></default></profiles>
      <users><${USER}><password>${PASSWORD}</password><networks><ip>::/0</ip></networks>
      <profile>default</profile><quota>default</quota></${USER}></users>
      <quotas><default></default></quotas></yandex>`,
    );
  }
}
