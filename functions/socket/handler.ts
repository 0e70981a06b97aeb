import type { APIGatewayProxyWebsocketEventV2 } from 'aws-lambda';
import { encode, idIn } from '../../protocol/codec.ts';
import { counterNameOf } from '../hashing.ts';
import type { Identity } from '../identity/identity.ts';
import { inLambda } from '../lambda-entry.ts';
import { lazily } from '../lazily.ts';
import type { Ports } from '../ports.ts';
import { isFromHere, OPEN_RULES, type Rules } from '../rules.ts';
import { errorMessage, onDisconnect, onFrame } from './dispatch.ts';
import { makePace } from './pace.ts';

/** What API Gateway expects back; the body of `$default` is sent to the sender as a frame. */
export interface SocketResult {
  statusCode: number;
  body?: string;
}

/** The Lambda behind `$connect`, `$disconnect` and `$default`. */
export function makeSocketHandler(ports: Ports, rules: Rules = OPEN_RULES) {
  const pace = makePace(rules.limits);
  return async (event: SocketEvent): Promise<SocketResult> => {
    const { connectionId: connection, eventType, domainName: host, identity } = event.requestContext;
    const sourceIp = identity?.sourceIp ?? '';
    switch (eventType) {
      // Nothing can be posted to a connection before this returns, and browsers cannot set headers here: whoever it
      // is says so in `hello`.
      case 'CONNECT':
        if (!isOfOurPage(event, rules)) {
          ports.log({ kind: 'refused', refusal: 'origin' });
          return { statusCode: 403 };
        }
        return { statusCode: (await mayConnect(ports, rules, sourceIp, host)) ? 200 : 429 };
      case 'DISCONNECT':
        pace.forget(connection);
        await onDisconnect(ports, connection);
        return { statusCode: 200 };
      case 'MESSAGE': {
        const waitMs = pace.tooFastForMs(connection, ports.clock.nowMs());
        if (waitMs !== undefined) return { statusCode: 200, body: tooFast(event.body ?? '', waitMs) };
        const body = await onFrame({ ports, connection, host, sourceIp, rules }, event.body ?? '');
        return body === undefined ? { statusCode: 200 } : { statusCode: 200, body };
      }
    }
  };
}

/** What the published types leave out of the request context although API Gateway sends it. */
type SocketEvent = Omit<APIGatewayProxyWebsocketEventV2, 'requestContext'> & {
  headers?: Record<string, string>;
  requestContext: APIGatewayProxyWebsocketEventV2['requestContext'] & { identity?: { sourceIp: string } };
};

/** Browsers say of which page a socket is; programs do not, and can say what they like. */
function isOfOurPage({ headers = {} }: SocketEvent, { pageOrigin }: Rules): boolean {
  const [, origin] = Object.entries(headers).find(([name]) => name.toLowerCase() === 'origin') ?? [];
  return pageOrigin === undefined || origin === undefined || origin === pageOrigin;
}

/** Counted by source. Whoever sits at this machine needs no protection from themselves. */
async function mayConnect(ports: Ports, { limits }: Rules, sourceIp: string, host: string): Promise<boolean> {
  if (sourceIp === '' || isFromHere(sourceIp, host)) return true;
  const who = counterNameOf(sourceIp);
  const most = limits.connectionsPerMinute;
  const isWithin = await ports.quotas.take({ of: 'connections', who, most, windowMs: 60_000 });
  if (!isWithin) ports.log({ kind: 'refused', refusal: 'too-many', of: 'connections' });
  return isWithin;
}

function tooFast(frame: string, minBackoffMs: number): string {
  const message = 'This device sends messages faster than this server takes them. Waiting a moment.';
  return encode(errorMessage(idIn(frame), { kind: 'too-fast', message, minBackoffMs }));
}

/** The Lambda's entry. What verifies tokens is loaded with the first one: most devices never sign in. */
export const handler = inLambda((ports, { signIn, pageOrigin, noticeFrom }) => {
  const rules: Rules = { ...OPEN_RULES, pageOrigin, sendsMail: noticeFrom !== undefined };
  if (!signIn) return makeSocketHandler(ports, rules);
  const identity = lazily<Identity>({ verify: true }, async () => {
    const { makeIdentity } = await import('../identity/identity.ts');
    return makeIdentity(signIn);
  });
  return makeSocketHandler(ports, { ...rules, identity });
});
