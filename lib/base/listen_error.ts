/**
 * Says why nobody can listen on an address, and what to do.
 *
 * @param address As the user knows it, such as `localhost:6433`.
 * @param cause The runtime's error.
 */
export function listenError(address: string, cause: unknown): Error {
  return new Error(`Cannot listen on ${address}: ${describeError(cause)}`, { cause });
}

function describeError(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof Deno.errors.AddrInUse) {
    return `the port is in use; stop the program that holds it or choose another port (${message})`;
  }
  if (error instanceof Deno.errors.AddrNotAvailable) {
    return `this machine does not have the address; choose one of its own (${message})`;
  }
  if (error instanceof Deno.errors.PermissionDenied) {
    return `not permitted; choose a port from 1024 on (${message})`;
  }
  if (/certificate|\bkeys?\b/i.test(message)) {
    return `certificate and key must be PEM and belong together (${message})`;
  }
  return `check the host name (${message})`;
}
