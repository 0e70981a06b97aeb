import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from 'node:http';
import { Agent as HttpsAgent, request as httpsRequest } from 'node:https';
import type { PutOutcome, PutRequest, Task } from '../engine/ports.ts';
import { ANSWER_WITHIN_MS, errorCodeOf, STALLED_AFTER_MS } from '../engine/put-answer.ts';
import type { Pace } from './pace.ts';

/** Small enough that a slow line shows progress, large enough that a fast one is not held up by calls. */
const WRITE_BYTES = 65_536;
/** An error of S3 is a few hundred bytes of XML. */
const MAX_ANSWER_BYTES = 65_536;

/** Connections that are kept between parts: a new one would begin slowly each time. */
export interface Agents {
  http: HttpAgent;
  https: HttpsAgent;
}

export function makeAgents(): Agents {
  return { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
}

export interface PutBody {
  sizeBytes: number;
  /** The bytes, in pieces of any size. What it throws is a file that cannot be read. */
  read(): AsyncIterable<Uint8Array>;
}

/** One PUT. `onSent` is told how many bytes the system has taken for the line. */
export function putBody(
  { url, headers }: PutRequest,
  body: PutBody,
  { agents, pace }: { agents: Agents; pace: Pace },
  onSent: (sentBytes: number) => void,
): Task<PutOutcome> {
  const isSecure = url.startsWith('https:');
  const sending = (isSecure ? httpsRequest : httpRequest)(url, {
    method: 'PUT',
    headers: { ...headers, 'content-length': body.sizeBytes },
    agent: isSecure ? agents.https : agents.http,
  });
  let why: 'aborted' | 'stalled' | 'network' = 'network';
  const giveUp = (reason: typeof why) => {
    why = reason;
    sending.destroy();
  };
  const atOnceBytes = Math.min(WRITE_BYTES, pace.atOnceBytes);
  let held: Task<void> | undefined;
  sending.on('close', () => held?.abort());

  const result = new Promise<PutOutcome>((resolve) => {
    let idle: ReturnType<typeof setTimeout>;
    const watch = (ms: number) => {
      clearTimeout(idle);
      if (sending.destroyed) return;
      idle = setTimeout(() => giveUp('stalled'), ms);
    };
    const settle = (outcome: PutOutcome) => {
      clearTimeout(idle);
      resolve(outcome);
    };
    /** False: the line is gone, and 'error' says why. */
    const write = (bytes: Uint8Array) =>
      new Promise<boolean>((flushed) => sending.write(bytes, (error) => flushed(!error)));

    const sendAll = async () => {
      let sentBytes = 0;
      for await (const piece of body.read()) {
        for (let from = 0; from < piece.length; from += atOnceBytes) {
          const bytes = piece.subarray(from, from + atOnceBytes);
          if (sending.destroyed) return;
          held = pace.pass(bytes.length);
          if (held) {
            // Held back by the person is not hanging.
            clearTimeout(idle);
            await held.result;
            watch(STALLED_AFTER_MS);
          }
          if (sending.destroyed || !(await write(bytes))) return;
          sentBytes += bytes.length;
          watch(sentBytes >= body.sizeBytes ? ANSWER_WITHIN_MS : STALLED_AFTER_MS);
          onSent(sentBytes);
        }
      }
      sending.end();
    };

    sending.on('response', async (response) => {
      const text = await textOf(response);
      if (text === undefined) return settle(lost(why));
      const status = response.statusCode ?? 0;
      const isStored = status >= 200 && status < 300;
      settle(isStored ? { state: 'stored' } : { state: 'refused', status, code: errorCodeOf(text) });
      // A refusal may come before the whole body was sent: the rest of it is of no use.
      if (!sending.writableFinished) sending.destroy();
    });
    sending.on('error', () => settle(lost(why)));
    watch(STALLED_AFTER_MS);
    sendAll().catch((error: unknown) => {
      settle({ state: 'unreadable', reason: error instanceof Error ? error.message : String(error) });
      sending.destroy();
    });
  });
  return { result, abort: () => giveUp('aborted') };
}

function lost(why: 'aborted' | 'stalled' | 'network'): PutOutcome {
  return why === 'aborted' ? { state: 'aborted' } : { state: 'failed', reason: why };
}

/** Undefined: the line was lost before the answer was whole. */
async function textOf(response: IncomingMessage): Promise<string | undefined> {
  let text = '';
  try {
    response.setEncoding('utf8');
    for await (const chunk of response) if (text.length < MAX_ANSWER_BYTES) text += chunk;
    return text;
  } catch {
    return undefined;
  }
}
