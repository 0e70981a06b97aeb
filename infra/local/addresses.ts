import { networkInterfaces } from 'node:os';

/** Under which addresses devices of the same network reach this machine: none when it listens on loopback only. */
export function lanOrigins(
  host: string | undefined,
  port: number,
  interfaces = networkInterfaces(),
): string[] {
  if (host !== undefined && !ALL_ADDRESSES.has(host)) {
    return LOOPBACK.test(host) ? [] : [originOf(host, port)];
  }
  return Object.values(interfaces)
    .flatMap((addresses) => addresses ?? [])
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => originOf(address, port));
}

const ALL_ADDRESSES = new Set(['0.0.0.0', '::']);
const LOOPBACK = /^(localhost|127\.\d+\.\d+\.\d+|::1)$/;

function originOf(host: string, port: number): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
