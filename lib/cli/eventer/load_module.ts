import { pathToFileURL } from "node:url";
import type { Engine } from "../../hat/engine/engine.ts";
import type { Module, ModuleFactory } from "../../hat/engine/module.ts";
import type { Source } from "../../hat/engine/source.ts";
import { UsageError } from "../usage_error.ts";
import type { ModuleConfig } from "./serve_config.ts";

/** What a module in a file of its own exports as `createModule`. */
type CreateModule = (options: unknown, engine: Engine, source: Source) => Module | Promise<Module>;

/**
 * Loads a module that its user wrote: a file of JavaScript or TypeScript that exports `createModule`.
 *
 * @throws {UsageError} When it cannot be loaded, or does not export that.
 */
export async function loadModule(
  { name, file, options, place }: Extract<ModuleConfig, { readonly kind: "file" }>,
): Promise<ModuleFactory> {
  const fail = (text: string, cause?: unknown): UsageError =>
    place?.error(text, cause) ??
      new UsageError(`Cannot use module '${name}' as its file ${text}`, { cause });
  let loaded: { readonly createModule?: unknown };
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw fail(`cannot be loaded: ${reason}`, cause);
  }
  const { createModule } = loaded;
  if (!isCreateModule(createModule)) throw fail("must export a function 'createModule'");
  return {
    name,
    async create(engine, source) {
      try {
        return await createModule(options, engine, source);
      } catch (cause) {
        const reason = cause instanceof Error ? cause.message : String(cause);
        throw new Error(`Cannot start module '${name}': ${reason}`, { cause });
      }
    },
  };
}

function isCreateModule(value: unknown): value is CreateModule {
  return typeof value === "function";
}
