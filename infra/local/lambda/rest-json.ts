import type { IncomingMessage, ServerResponse } from 'node:http';

// The two halves of AWS's REST-JSON protocol that every stand-in needs.

export type Body = { state: 'whole'; bytes: Buffer } | { state: 'too-large'; sizeBytes: number };

/**
 * Reads a request body of at most `maxBytes`. A larger one is read to its end without being kept: a client
 * that is answered in mid-body sees a broken pipe in place of the answer.
 *
 * @throws when the client goes away in mid-body.
 */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<Body> {
  let kept: Buffer[] = [];
  let sizeBytes = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    sizeBytes += chunk.length;
    if (sizeBytes > maxBytes) kept = [];
    else kept.push(chunk);
  }
  return sizeBytes > maxBytes
    ? { state: 'too-large', sizeBytes }
    : { state: 'whole', bytes: Buffer.concat(kept, sizeBytes) };
}

export function sendJson(
  response: ServerResponse,
  status: number,
  value: unknown,
  headers: Record<string, string> = {},
): void {
  const body = Buffer.from(JSON.stringify(value) ?? 'null');
  response.writeHead(status, {
    'content-type': 'application/json',
    'content-length': String(body.length),
    ...headers,
  });
  response.end(body);
}

/** The form in which the SDKs recognise an error: its name in `x-amzn-errortype`, its text as `message`. */
export function sendError(response: ServerResponse, status: number, name: string, message: string): void {
  sendJson(response, status, { message }, { 'x-amzn-errortype': name });
}
