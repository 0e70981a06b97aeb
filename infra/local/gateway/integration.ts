import type { Context } from 'aws-lambda';
import { errorTrace } from '../../../functions/observing/error-trace.ts';
import { makeContext } from '../lambda/context.ts';
import { withTimeLimit } from '../lambda/time-limit.ts';
import type { After } from '../timers.ts';
import type { SocketEvent } from './events.ts';

export interface SocketAnswer {
  statusCode: number;
  body?: string;
}

export type SocketHandler = (event: SocketEvent, context: Context) => Promise<SocketAnswer>;

/** What became of one call: `timed-out` calls go on in the background, as a Lambda function would. */
export type Outcome =
  | { state: 'answered'; statusCode: number; body: string }
  | { state: 'failed' }
  | { state: 'timed-out' };

export interface IntegrationOptions {
  handler: SocketHandler;
  integrationMs: number;
  maxMessageBytes: number;
  nowMs: () => number;
  after: After;
  log: (entry: { kind: string; [field: string]: unknown }) => void;
}

/** Calls the handler as API Gateway's Lambda proxy integration does: never throws, never waits longer than `integrationMs`. */
export function makeIntegration({
  handler,
  integrationMs,
  maxMessageBytes,
  nowMs,
  after,
  log,
}: IntegrationOptions) {
  return async (event: SocketEvent): Promise<Outcome> => {
    const { routeKey, connectionId, requestId } = event.requestContext;
    const fail = (why: object) =>
      log({ kind: 'gateway-integration-failed', routeKey, connectionId, requestId, ...why });

    const context = makeContext({ functionName: 'socket', timeoutMs: integrationMs, nowMs });
    const limited = await withTimeLimit(integrationMs, () => handler(event, context), after);
    if (limited.state === 'timed-out') {
      fail({ error: 'timed-out', integrationMs });
      return { state: 'timed-out' };
    }
    if (limited.state === 'threw') {
      fail(errorTrace(limited.error));
      return { state: 'failed' };
    }
    const answer = limited.value as Partial<SocketAnswer> | undefined;
    const { statusCode, body = '' } = answer ?? {};
    if (!isStatus(statusCode) || typeof body !== 'string' || Buffer.byteLength(body) > maxMessageBytes) {
      fail({ error: 'malformed-answer' });
      return { state: 'failed' };
    }
    return { state: 'answered', statusCode, body };
  };
}

function isStatus(status: unknown): status is number {
  return Number.isInteger(status) && Number(status) >= 200 && Number(status) <= 599;
}
