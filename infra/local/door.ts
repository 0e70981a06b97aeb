import type { IncomingMessage, ServerResponse } from 'node:http';
import { isIP } from 'node:net';
import { hostname } from 'node:os';

/**
 * Who is let in at the one public port, before anything looks at what they want. A page of another site can make its
 * visitor's browser call any address, so a request has to name this server by a name of its own, and a socket has to
 * come from a page of its own.
 */
export interface Door {
  /** Whether the `Host` is one of this server's: otherwise somebody's domain has been pointed here (DNS rebinding). */
  isOurs(request: IncomingMessage): boolean;
  /** Whether the `Origin` is the very page that the `Host` serves. Programs send none. */
  isSameOrigin(request: IncomingMessage): boolean;
}

/**
 * `names`: other names by which this server is called, in lower case. An address needs no name: a browser sends one as
 * `Host` only if the address was called, and no domain can be pointed at what is none.
 */
export function makeDoor(names: readonly string[], machine = hostname()): Door {
  const own = new Set(['localhost', machine, `${machine}.local`, ...names].map((name) => name.toLowerCase()));
  return {
    isOurs(request) {
      const name = nameIn(request.headers.host);
      return name !== undefined && (isIP(name) !== 0 || own.has(name) || LOCALHOST_NAME.test(name));
    },
    isSameOrigin({ headers: { origin, host } }) {
      if (origin === undefined) return true;
      return URL.canParse(origin) && new URL(origin).host === host?.toLowerCase();
    },
  };
}

/** Of letters, digits and dashes only: what else a URL may have in a name would mean something in a header. */
const LOCALHOST_NAME = /^[a-z0-9-]+(\.[a-z0-9-]+)*\.localhost$/;

export function refuseHost(response: ServerResponse): void {
  response
    .writeHead(421, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' })
    .end(
      'This server does not go by that name. If it should, start it with ALLOWED_HOSTS set to the name.\n',
    );
}

/** The name or address in a `Host` header: without port, brackets and the dot at the end. */
function nameIn(host: string | undefined): string | undefined {
  if (host === undefined || /[/?#@\\\s]/.test(host) || !URL.canParse(`http://${host}`)) return undefined;
  const { hostname: name } = new URL(`http://${host}`);
  return name
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}
