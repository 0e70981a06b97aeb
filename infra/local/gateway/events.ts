import type {
  APIGatewayEventWebsocketRequestContextV2,
  APIGatewayProxyWebsocketEventV2WithRequestContext,
} from 'aws-lambda';
import { makeId } from './ids.ts';

/** What the published types leave out of the request context although API Gateway sends it. */
export interface SocketRequestContext extends APIGatewayEventWebsocketRequestContextV2 {
  /** Without `userAgent` where the client has sent none. */
  identity: { sourceIp: string; userAgent?: string };
  disconnectStatusCode?: number;
  disconnectReason?: string;
}

type Fields = Record<string, string>;
type MultiValueFields = Record<string, string[]>;

/** What the handler gets: `$connect` carries headers and query, `$disconnect` a few headers, a message only its body. */
export interface SocketEvent extends APIGatewayProxyWebsocketEventV2WithRequestContext<SocketRequestContext> {
  headers?: Fields;
  multiValueHeaders?: MultiValueFields;
  queryStringParameters?: Fields;
  multiValueQueryStringParameters?: MultiValueFields;
}

/** Who is connected, as every event of the connection repeats it. */
export interface Client {
  connectionId: string;
  connectedAtMs: number;
  stage: string;
  /** The Host header by which the client reached us, port included. */
  domainName: string;
  sourceIp: string;
  userAgent: string | undefined;
}

export interface Handshake {
  /** Names as the client wrote them, in its order. */
  headers: readonly (readonly [name: string, value: string])[];
  query: readonly (readonly [name: string, value: string])[];
}

export interface DisconnectCause {
  code: number;
  reason: string;
}

export function connectEvent(client: Client, { headers, query }: Handshake): SocketEvent {
  return {
    headers: Object.fromEntries(headers),
    multiValueHeaders: multiValue(headers),
    ...(query.length > 0 && {
      queryStringParameters: Object.fromEntries(query),
      multiValueQueryStringParameters: multiValue(query),
    }),
    requestContext: requestContext(client, client.connectedAtMs, '$connect', 'CONNECT', {}),
    isBase64Encoded: false,
  };
}

export function messageEvent(client: Client, body: string, nowMs: number): SocketEvent {
  return {
    requestContext: requestContext(client, nowMs, '$default', 'MESSAGE', { messageId: makeId() }),
    body,
    isBase64Encoded: false,
  };
}

export function disconnectEvent(client: Client, cause: DisconnectCause, nowMs: number): SocketEvent {
  const headers = [
    ['Host', client.domainName],
    ['x-api-key', ''],
    ['X-Forwarded-For', ''],
    ['x-restapi', ''],
  ] as const;
  return {
    headers: Object.fromEntries(headers),
    multiValueHeaders: multiValue(headers),
    requestContext: requestContext(client, nowMs, '$disconnect', 'DISCONNECT', {
      disconnectStatusCode: cause.code,
      disconnectReason: cause.reason,
    }),
    isBase64Encoded: false,
  };
}

function requestContext(
  client: Client,
  nowMs: number,
  routeKey: string,
  eventType: SocketRequestContext['eventType'],
  more: Partial<SocketRequestContext>,
): SocketRequestContext {
  const requestId = makeId();
  const context: Omit<SocketRequestContext, 'messageId'> = {
    routeKey,
    eventType,
    extendedRequestId: requestId,
    requestTime: commonLogTime(nowMs),
    messageDirection: 'IN',
    stage: client.stage,
    connectedAt: client.connectedAtMs,
    requestTimeEpoch: nowMs,
    identity: {
      ...(client.userAgent === undefined ? {} : { userAgent: client.userAgent }),
      sourceIp: client.sourceIp,
    },
    requestId,
    domainName: client.domainName,
    connectionId: client.connectionId,
    apiId: API_ID,
    ...more,
  };
  // The published type wants a messageId everywhere; API Gateway gives one to MESSAGE events only.
  return context as SocketRequestContext;
}

const API_ID = 'local00000';
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** The Common Log Format's time, `09/Feb/2024:18:11:43 +0000`. */
function commonLogTime(epochMs: number): string {
  const [day = '', time = ''] = new Date(epochMs).toISOString().split(/[T.]/);
  const [year, month, date] = day.split('-');
  return `${date}/${MONTHS[Number(month) - 1]}/${year}:${time} +0000`;
}

function multiValue(pairs: Handshake['headers']): MultiValueFields {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) {
    const list = values.get(name);
    if (list === undefined) values.set(name, [value]);
    else list.push(value);
  }
  return Object.fromEntries(values);
}
