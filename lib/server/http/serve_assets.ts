import { createHash } from "node:crypto";
import type { Asset } from "./asset.ts";
import { PAGE_HEADERS } from "./security_headers.ts";

/** What is at `/` of a collector that has no page. */
const NO_PAGE =
  "This is a Theia collector. It has no page; its API is described at /openapi.json\n";

interface Served {
  readonly body: string | Uint8Array<ArrayBuffer>;
  readonly type: string;
  readonly etag: string;
}

/** Serves files that never change while the collector runs. */
export class AssetServer {
  readonly #assets: ReadonlyMap<string, Served>;

  /** @param assets By path, such as `/`. */
  constructor(assets: ReadonlyMap<string, Asset>) {
    const all = new Map([["/", { type: "text/plain; charset=utf-8", body: NO_PAGE }], ...assets]);
    this.#assets = new Map(
      [...all].map(([path, { type, body }]) => [path, { type, body, etag: etagOf(body) }]),
    );
  }

  /** Whether there is a file of this path. */
  has(path: string): boolean {
    return this.#assets.has(path);
  }

  /** The answer, undefined when there is no file of this path. */
  answer(path: string, request: Request): Response | undefined {
    const served = this.#assets.get(path);
    if (served === undefined) return undefined;
    const headers = { ...PAGE_HEADERS, etag: served.etag };
    if (isKnown(request.headers.get("if-none-match"), served.etag)) {
      return new Response(null, { status: 304, headers });
    }
    return new Response(served.body, { headers: { ...headers, "content-type": served.type } });
  }
}

function isKnown(header: string | null, etag: string): boolean {
  if (header === null) return false;
  return header.split(",").some((item) => {
    const tag = item.trim().replace(/^W\//, "");
    return tag === etag || tag === "*";
  });
}

function etagOf(body: string | Uint8Array): string {
  return `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
}
