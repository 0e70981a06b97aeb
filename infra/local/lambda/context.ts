import { randomUUID } from 'node:crypto';
import type { Context } from 'aws-lambda';

export interface ContextOptions {
  functionName: string;
  /** How long the invocation may take before its caller stops waiting, in milliseconds. */
  timeoutMs: number;
  /** The clock, epoch milliseconds. */
  nowMs: () => number;
  /** Repeated by every attempt of one asynchronous invocation, as Lambda does. Default: a new UUID. */
  awsRequestId?: string;
}

/**
 * Builds the second argument of a Lambda handler. `getRemainingTimeInMillis()` counts down from `timeoutMs`
 * and stops at 0. The callback-era `done`, `fail` and `succeed` throw: handlers here are async functions.
 */
export function makeContext({ functionName, timeoutMs, nowMs, awsRequestId }: ContextOptions): Context {
  const deadlineMs = nowMs() + timeoutMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName,
    functionVersion: '$LATEST',
    invokedFunctionArn: functionArn(functionName),
    memoryLimitInMB: '1024',
    awsRequestId: awsRequestId ?? randomUUID(),
    logGroupName: `/aws/lambda/${functionName}`,
    logStreamName: 'local',
    getRemainingTimeInMillis: () => Math.max(0, deadlineMs - nowMs()),
    done: noCallbacks,
    fail: noCallbacks,
    succeed: noCallbacks,
  };
}

/** The ARN by which Lambda would know the function; account and region are placeholders. */
export function functionArn(functionName: string): string {
  return `arn:aws:lambda:us-east-1:000000000000:function:${functionName}`;
}

function noCallbacks(): never {
  throw new Error('context.done, fail and succeed are not offered: return or throw instead');
}
