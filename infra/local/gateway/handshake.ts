import { randomBytes } from 'node:crypto';
import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import type { Client, Handshake } from './events.ts';
import { makeId } from './ids.ts';

/** The client behind an upgrade request. */
export function clientOf(request: IncomingMessage, stage: string, nowMs: number): Client {
  return {
    connectionId: makeId(),
    connectedAtMs: nowMs,
    stage,
    domainName: request.headers.host ?? '',
    sourceIp: sourceIp(request),
    userAgent: request.headers['user-agent'],
  };
}

/** Its headers and query as `$connect` shows them. */
export function handshakeOf(request: IncomingMessage, connectedAtMs: number): Handshake {
  const headers: [string, string][] = [];
  for (let i = 0; i + 1 < request.rawHeaders.length; i += 2) {
    const name = request.rawHeaders[i] ?? '';
    // API Gateway writes these itself; what the client claims in them never reaches the handler.
    if (!/^x-(forwarded-|amzn-trace-id$)/i.test(name)) headers.push([name, request.rawHeaders[i + 1] ?? '']);
  }
  headers.push(
    ['X-Amzn-Trace-Id', `Root=1-${hex(connectedAtMs / 1_000)}-${randomBytes(12).toString('hex')}`],
    ['X-Forwarded-For', sourceIp(request)],
    ['X-Forwarded-Port', String(request.socket.localPort ?? '')],
    ['X-Forwarded-Proto', (request.socket as TLSSocket).encrypted === true ? 'https' : 'http'],
  );
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  return { headers, query: mark < 0 ? [] : [...new URLSearchParams(url.slice(mark))] };
}

/** Eight digits, as in the time of a trace. */
function hex(seconds: number): string {
  return Math.trunc(seconds).toString(16).padStart(8, '0');
}

/** Answers an upgrade request with a refusal and hangs up. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  const body = refusalBody(status);
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Type: application/json\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`,
  );
}

export function refusalBody(status: number): string {
  return JSON.stringify({ message: STATUS_CODES[status] ?? 'Refused' });
}

/**
 * Where a request comes from. A dual-stack listener sees IPv4 peers as `::ffff:192.0.2.1`. A proxy on this machine
 * (nobody else is believed) adds whom it speaks for as the last of `X-Forwarded-For`.
 */
export function sourceIp(request: IncomingMessage): string {
  const peer = (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '');
  const forwarded = request.headers['x-forwarded-for'];
  if (forwarded === undefined || !/^(127\.|::1$)/.test(peer)) return peer;
  return String(forwarded).split(',').at(-1)?.trim() ?? peer;
}
