import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as delay } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { errorTrace } from '../../../functions/observing/error-trace.ts';
import { functionArn, makeContext } from './context.ts';
import { readBody, sendError, sendJson } from './rest-json.ts';
import { type Limited, withTimeLimit } from './time-limit.ts';

/** Payload limits by invocation type. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_EVENT_BYTES = 262_144; // 256 KiB, asynchronous
const MAX_REQUEST_BYTES = 6_291_456; // 6 MiB, synchronous

/** Lambda retries a failed asynchronous invocation twice, after one minute and after two more. */
export const LAMBDA_RETRY_DELAYS_MS: readonly number[] = [60_000, 120_000];

/** No function runs longer than 15 minutes. */
export const LAMBDA_TIMEOUT_MS = 900_000;

export type LambdaFunction = (event: unknown, context: Context) => Promise<unknown>;

export interface LambdaOptions {
  functions: Record<string, LambdaFunction>;
  log: (entry: { kind: string; [field: string]: unknown }) => void;
  /** How long to wait before each further attempt of a failed asynchronous invocation. */
  retryDelaysMs?: readonly number[];
  timeoutMs?: number;
  nowMs?: () => number;
}

export interface Lambda {
  /** Answers the Invoke API: `POST /2015-03-31/functions/NAME/invocations`. Bind it to loopback only: no signature is checked. */
  listener: (request: IncomingMessage, response: ServerResponse) => void;
  /** Invokes a function asynchronously, as a service of AWS does: with further attempts if it fails. */
  start(name: string, event: unknown): void;
  /** Resolves once no invocation is running or waiting for a further attempt. */
  idle(): Promise<void>;
  /** Refuses new invocations, gives up waiting attempts, and resolves when the running ones have ended. */
  close(): Promise<void>;
}

/**
 * A stand-in for AWS Lambda, as far as `InvokeCommand` goes. An asynchronous invocation lives in memory: unlike
 * Lambda's own queue it does not survive this process, so its caller must have another way to be resumed.
 */
export function makeLambda({
  functions,
  log,
  retryDelaysMs = LAMBDA_RETRY_DELAYS_MS,
  timeoutMs = LAMBDA_TIMEOUT_MS,
  nowMs = Date.now,
}: LambdaOptions): Lambda {
  const underWay = new Set<Promise<unknown>>();
  const closing = new AbortController();

  function track<T>(work: Promise<T>): Promise<T> {
    underWay.add(work);
    const forget = () => underWay.delete(work);
    work.then(forget, forget);
    return work;
  }

  function attempt(name: string, run: LambdaFunction, payload: string, awsRequestId: string) {
    const context = makeContext({ functionName: name, timeoutMs, nowMs, awsRequestId });
    return withTimeLimit(timeoutMs, () => run(JSON.parse(payload), context));
  }

  async function runEvent(name: string, run: LambdaFunction, payload: string, awsRequestId: string) {
    for (let tries = 1; ; tries++) {
      const outcome = await attempt(name, run, payload, awsRequestId);
      if (outcome.state === 'returned') return;
      const retryMs = retryDelaysMs[tries - 1];
      const failure = { function: name, awsRequestId, tries, ...failureFields(outcome) };
      if (retryMs === undefined) return log({ kind: 'lambda-event-dropped', ...failure });
      log({ kind: 'lambda-event-failed', ...failure, retryMs });
      try {
        await delay(retryMs, undefined, { signal: closing.signal });
      } catch {
        return log({ kind: 'lambda-event-dropped', ...failure, closing: true });
      }
    }
  }

  function start(name: string, event: unknown): void {
    const run = functions[name];
    if (run === undefined) throw new Error(`Function not found: ${functionArn(name)}`);
    if (!closing.signal.aborted) void track(runEvent(name, run, JSON.stringify(event), randomUUID()));
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const name = functionName(request.url ?? '');
    const asynchronous = request.headers['x-amz-invocation-type'] === 'Event';
    const maxBytes = asynchronous ? MAX_EVENT_BYTES : MAX_REQUEST_BYTES;
    const body = await readBody(request, maxBytes);
    if (closing.signal.aborted) return sendError(response, 503, 'ServiceException', 'closing');
    const run = name !== undefined && Object.hasOwn(functions, name) ? functions[name] : undefined;
    if (request.method !== 'POST' || name === undefined || run === undefined) {
      const message = `Function not found: ${functionArn(name ?? '')}`;
      return sendError(response, 404, 'ResourceNotFoundException', message);
    }
    if (body.state === 'too-large') {
      const message = `${body.sizeBytes} byte payload is too large, the limit is ${maxBytes} bytes`;
      return sendError(response, 413, 'RequestTooLargeException', message);
    }
    // Lambda hands an invocation without payload to the Node runtime as an empty object.
    const payload = body.bytes.length === 0 ? '{}' : body.bytes.toString('utf8');
    if (!isJson(payload)) {
      return sendError(
        response,
        400,
        'InvalidRequestContentException',
        'Could not parse request body as JSON',
      );
    }
    const awsRequestId = randomUUID();
    const headers = { 'x-amzn-requestid': awsRequestId, 'x-amz-executed-version': '$LATEST' };
    if (asynchronous) {
      response.writeHead(202, { ...headers, 'content-length': '0' }).end();
      void track(runEvent(name, run, payload, awsRequestId));
      return;
    }
    const outcome = await track(attempt(name, run, payload, awsRequestId));
    if (outcome.state === 'returned') return sendJson(response, 200, outcome.value ?? null, headers);
    log({ kind: 'lambda-request-failed', function: name, awsRequestId, ...failureFields(outcome) });
    sendJson(response, 200, errorPayload(outcome), { ...headers, 'x-amz-function-error': 'Unhandled' });
  }

  async function idle(): Promise<void> {
    while (underWay.size > 0) await Promise.allSettled(underWay);
  }

  return {
    listener(request, response) {
      answer(request, response).catch((error) => {
        log({ kind: 'lambda-answer-failed', ...errorTrace(error) });
        response.destroy();
      });
    },
    start,
    idle,
    close() {
      closing.abort();
      return idle();
    },
  };
}

/** `InvokeCommand` names a function by name, partial ARN or ARN, each with an optional `:qualifier`. */
function functionName(url: string): string | undefined {
  const match = /^\/2015-03-31\/functions\/([^/?]+)\/invocations(?:\?|$)/.exec(url);
  if (match?.[1] === undefined) return undefined;
  try {
    const named = decodeURIComponent(match[1]);
    return /^(?:.*:function:)?([A-Za-z0-9_-]+)(?::[A-Za-z0-9$_-]+)?$/.exec(named)?.[1];
  } catch {
    return undefined;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

type Failure = Exclude<Limited<unknown>, { state: 'returned' }>;

function failureFields(failure: Failure): Record<string, unknown> {
  return failure.state === 'timed-out' ? { error: 'timed-out' } : errorTrace(failure.error);
}

/** What the Node runtime answers for a function that failed. The caller gets the message; the log does not. */
function errorPayload(failure: Failure): { errorType: string; errorMessage: string; trace: string[] } {
  if (failure.state === 'timed-out') {
    return { errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out', trace: [] };
  }
  const { error } = failure;
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}
