import type { Backend } from "../../hat/backend.ts";
import { openBackend } from "../../hat/backends/open_backend.ts";
import type { ModuleFactory } from "../../hat/engine/module.ts";
import { EventServer } from "../../hat/server/event_server.ts";
import { type Command, type CommandContext, defineCommand, EXIT_DONE } from "../command.ts";
import { printLine } from "../line_output.ts";
import { aborted, unlessAborted } from "../stop_request.ts";
import { ClosedOutputError } from "../terminal.ts";
import { bridgeModule } from "./bridge_module.ts";
import { formatAddress } from "./connect_eventer.ts";
import { reportBackend, reportEventServer } from "./event_server_report.ts";
import { loadModule } from "./load_module.ts";
import type { ServeConfig } from "./serve_config.ts";
import { chooseServeConfig, SERVE_OPTIONS, type ServeValues } from "./serve_options.ts";

/** `theia eventer serve`. */
export const eventerServeCommand: Command = defineCommand({
  name: "eventer serve",
  summary: "Start an event server",
  description:
    "Starts an event server that speaks Hat's protocol: it registers events of its clients, has " +
    "modules process them, keeps them, tells them and answers queries. Unless told otherwise it " +
    "keeps them in ./theia-data/eventer.db.\n\n" +
    "SIGINT (Ctrl-C), SIGTERM and SIGHUP stop it after what was accepted is on the disk; a second " +
    "one stops it at once.",
  options: SERVE_OPTIONS,
  examples: [
    { purpose: "On all interfaces", command: "theia eventer serve -H 0.0.0.0 --token SECRET" },
    {
      purpose: "The events of the collector here as Hat events, for 30 days",
      command: "theia eventer serve --module bridge --retention 30d",
    },
    {
      purpose: "A second server that copies the first",
      command: "theia eventer serve --server-id 2 --sync-from 1@first.example.org:23012",
    },
  ],
  exitCodes: {
    done: "stopped on request",
    failed: "could not listen, open the store or start a module",
  },
  run: serve,
});

async function serve(values: ServeValues, context: CommandContext): Promise<number> {
  const { stop, environment, reporter } = context;
  const config = await chooseServeConfig(values, context);
  // A module may never come to its end.
  const modules = await unlessAborted(makeModules(config, context), stop);
  await using backend = await openStore(config, context);
  const startedMs = environment.now();
  let registered = 0;
  using _counting = backend.onRegistered((events) => registered += events.length);
  {
    await using server = await EventServer.start({
      hostname: config.hostname,
      port: config.port,
      serverId: config.serverId,
      token: config.token,
      tls: config.tls,
      backend,
      modules,
      limits: config.limits,
      syncFrom: config.syncFrom,
      signal: stop,
      observer: (notice) => reportEventServer(notice, reporter),
    });
    await announce(server, config, context);
    await aborted(stop);
    reporter.notice("Stopping; a second signal stops at once.");
  }
  const seconds = Math.round((environment.now() - startedMs) / 1000);
  reporter.notice(`Stopped after ${seconds} s: ${registered} events registered.`);
  return EXIT_DONE;
}

async function makeModules(
  { modules }: ServeConfig,
  { reporter }: CommandContext,
): Promise<readonly ModuleFactory[]> {
  const factories: ModuleFactory[] = [];
  for (const module of modules) {
    factories.push(
      module.kind === "bridge" ? bridgeModule(module.options, reporter) : await loadModule(module),
    );
  }
  return factories;
}

async function openStore(
  { store: { url, flushPeriodMs, limits } }: ServeConfig,
  { reporter }: CommandContext,
): Promise<Backend> {
  const backend = await openBackend(url, {
    ...(flushPeriodMs === undefined ? {} : { flushPeriodMs }),
    limits,
    observer: (notice) => reportBackend(notice, reporter),
  });
  if (url === "memory") {
    reporter.warning("Events are kept in memory: they are gone when the server stops.");
  }
  return backend;
}

async function announce(
  server: EventServer,
  { serverId, store, tls }: ServeConfig,
  { environment }: CommandContext,
): Promise<void> {
  const address = formatAddress(server);
  const text = `Theia event server ${serverId} listening on ${address}${
    tls === undefined ? "" : " (TLS)"
  }, store ${store.url}`;
  // A server goes on without anybody who reads what it prints.
  await printLine(environment.stdout, text).catch((error) => {
    if (!(error instanceof ClosedOutputError)) throw error;
  });
}
