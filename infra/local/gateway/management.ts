import type { IncomingMessage, ServerResponse } from 'node:http';
import { readBody, sendError, sendJson } from '../lambda/rest-json.ts';
import { DELETED } from './close-codes.ts';
import type { Connection } from './connection.ts';

export interface ManagementOptions {
  stage: string;
  maxMessageBytes: number;
  find: (connectionId: string) => Connection | undefined;
}

/**
 * The @connections API: POST, GET and DELETE on `/STAGE/@connections/ID`.
 *
 * Signatures are not checked: whoever reaches this can speak as the server to every client, so it belongs on a
 * loopback address and nowhere else.
 *
 * @throws (rejects) when the caller goes away in mid-body.
 */
export function makeManagement({ stage, maxMessageBytes, find }: ManagementOptions) {
  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = await readBody(request, maxMessageBytes);
    const connectionId = connectionIdIn(request.url ?? '', stage);
    if (connectionId === undefined) return sendError(response, 403, 'ForbiddenException', 'Forbidden');

    const gone = () => sendError(response, 410, 'GoneException', 'The connection no longer exists');
    // A connection is not there to be found until its $connect has been answered.
    const connection = find(connectionId);

    switch (request.method) {
      case 'POST': {
        if (body.state === 'too-large') {
          const message = `Message is ${body.sizeBytes} bytes, the limit is ${maxMessageBytes}`;
          return sendError(response, 413, 'PayloadTooLargeException', message);
        }
        const posted = connection?.post(body.bytes) ?? 'gone';
        if (posted === 'gone') return gone();
        if (posted === 'full') {
          return sendError(response, 429, 'LimitExceededException', 'client side buffer is full');
        }
        response.writeHead(200, { 'content-length': '0' }).end();
        return;
      }
      case 'GET': {
        if (!connection?.isOpen()) return gone();
        const { connectedAtMs, sourceIp, userAgent } = connection.client;
        return sendJson(response, 200, {
          connectedAt: new Date(connectedAtMs).toISOString(),
          identity: { sourceIp, userAgent },
          lastActiveAt: new Date(connection.lastActiveAtMs()).toISOString(),
        });
      }
      case 'DELETE': {
        if (!connection?.isOpen()) return gone();
        connection.close(DELETED);
        response.writeHead(204).end();
        return;
      }
      default:
        return sendError(response, 403, 'ForbiddenException', 'Forbidden');
    }
  };
}

/** The SDK leaves `@` as it is, other clients write `%40`; the id's closing `=` comes as `%3D`. */
function connectionIdIn(url: string, stage: string): string | undefined {
  const [path = ''] = url.split('?');
  try {
    const segments = path.split('/').map(decodeURIComponent);
    const [empty, first, second, id] = segments;
    const matches = segments.length === 4 && empty === '' && first === stage && second === '@connections';
    return matches ? id : undefined;
  } catch {
    return undefined;
  }
}
