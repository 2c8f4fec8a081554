import { createBridge } from "../../hat/bridge/bridge.ts";
import type { BridgeOptions } from "../../hat/bridge/bridge_options.ts";
import type { Module, ModuleFactory } from "../../hat/engine/module.ts";
import { ConnectionReport } from "../client_report.ts";
import type { Reporter } from "../reporter.ts";
import type { BridgeConfig } from "./bridge_config.ts";
import { CollectorLink } from "./collector_link.ts";
import { reportBridge } from "./event_server_report.ts";

/** The built-in module `bridge`: joins the event server to a collector. */
export function bridgeModule(config: BridgeConfig, reporter: Reporter): ModuleFactory {
  const { name } = config;
  return {
    name,
    async create(engine, source): Promise<Module> {
      const [feed, push] = [new ConnectionReport(reporter), new ConnectionReport(reporter)];
      const link = new CollectorLink({
        address: config.collector,
        criteria: config.toHat?.criteria ?? {},
        onFeedNotice: (notice) => feed.take(notice),
        onPushNotice: (notice) => push.take(notice),
      });
      const bridge = await createBridge(optionsOf(config, link, reporter)).create(engine, source);
      return {
        subscription: [],
        process() {},
        async [Symbol.asyncDispose]() {
          await bridge[Symbol.asyncDispose]?.();
          await link[Symbol.asyncDispose]();
        },
      };
    },
  };
}

function optionsOf(
  { name, toHat, toTheia }: BridgeConfig,
  { feed, push }: CollectorLink,
  reporter: Reporter,
): BridgeOptions {
  return {
    name,
    toHat: toHat === undefined ? undefined : { prefix: toHat.prefix, start: toHat.start, feed },
    toTheia: toTheia === undefined ? undefined : { ...toTheia, push },
    observer: (notice) => reportBridge(notice, reporter),
  };
}
