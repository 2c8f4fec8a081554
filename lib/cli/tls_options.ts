import type { TlsOptions } from "../client/address.ts";
import type { TlsCertificate } from "../server/bound_port.ts";
import type { OptionTable, OptionValues } from "./option.ts";
import { readPemFile } from "./pem_file.ts";
import { UsageError } from "./usage_error.ts";

/** The options of commands that connect to a collector. */
export const CLIENT_TLS_OPTIONS = {
  secure: { kind: "flag", long: "secure", isNew: true, help: "Use TLS" },
  caFile: {
    kind: "text",
    long: "ca-file",
    valueName: "PEM",
    isNew: true,
    help: "With --secure: trust the authorities whose certificates are in this file, too",
  },
} as const satisfies OptionTable;

/** The options of the command that is a collector. */
export const SERVER_TLS_OPTIONS = {
  cert: {
    kind: "text",
    long: "cert",
    valueName: "PEM",
    isNew: true,
    help: "Take connections by TLS only, with the certificate in this file",
  },
  key: {
    kind: "text",
    long: "key",
    valueName: "PEM",
    isNew: true,
    help: "With --cert: the file of its private key",
  },
} as const satisfies OptionTable;

/**
 * How a command connects.
 *
 * @throws {UsageError} When the options do not go together, or the file holds no certificate.
 */
export async function readClientTls(
  { secure, caFile }: OptionValues<typeof CLIENT_TLS_OPTIONS>,
): Promise<TlsOptions> {
  if (caFile === undefined) return { secure };
  if (!secure) {
    throw new UsageError(
      "Cannot use option '--ca-file' as it must stand beside '--secure': without TLS there is no certificate",
    );
  }
  return { secure, caCerts: [await readPemFile(CLIENT_TLS_OPTIONS.caFile, caFile, "CERTIFICATE")] };
}

/**
 * How a collector listens, undefined for without TLS.
 *
 * @throws {UsageError} When the options do not go together, or a file holds something else.
 */
export async function readServerTls(
  { cert, key }: OptionValues<typeof SERVER_TLS_OPTIONS>,
): Promise<TlsCertificate | undefined> {
  if (cert === undefined && key === undefined) return undefined;
  if (cert === undefined || key === undefined) {
    const [given, missing] = cert === undefined ? ["--key", "--cert"] : ["--cert", "--key"];
    throw new UsageError(`Cannot use option '${given}' as it must stand beside '${missing}'`);
  }
  return {
    cert: await readPemFile(SERVER_TLS_OPTIONS.cert, cert, "CERTIFICATE"),
    key: await readPemFile(SERVER_TLS_OPTIONS.key, key, "PRIVATE KEY"),
  };
}
