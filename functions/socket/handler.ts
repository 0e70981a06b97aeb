import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { readEnvironment } from '../environment.ts';
import type { Ports } from '../ports.ts';
import { makePorts } from '../ports-on-aws.ts';
import { onDisconnect, onFrame } from './dispatch.ts';

/** What API Gateway expects back; the body of `$default` is sent to the sender as a frame. */
export interface SocketResult {
  statusCode: number;
  body?: string;
}

/** The Lambda behind `$connect`, `$disconnect` and `$default`. */
export function makeSocketHandler(ports: Ports) {
  return async (event: APIGatewayProxyWebsocketEventV2): Promise<SocketResult> => {
    const { connectionId: connection, eventType, domainName } = event.requestContext;
    switch (eventType) {
      // Nothing can be posted to a connection before this returns, and browsers cannot set headers here: whoever it
      // is says so in `hello`.
      case 'CONNECT':
        return { statusCode: 200 };
      case 'DISCONNECT':
        await onDisconnect(ports, connection);
        return { statusCode: 200 };
      case 'MESSAGE': {
        const body = await onFrame({ ports, connection, host: domainName }, event.body ?? '');
        return body === undefined ? { statusCode: 200 } : { statusCode: 200, body };
      }
    }
  };
}

let inLambda: ReturnType<typeof makeSocketHandler> | undefined;

/** The Lambda's entry. Made at the first event, so that merely importing this file needs no environment. */
export function handler(event: APIGatewayProxyWebsocketEventV2): Promise<SocketResult> {
  inLambda ??= makeSocketHandler(makePorts(readEnvironment(process.env)));
  return inLambda(event);
}
