import type { PutOutcome, PutRequest } from '../engine/ports.ts';
import { ANSWER_WITHIN_MS, errorCodeOf, STALLED_AFTER_MS } from '../engine/put-answer.ts';

/** One PUT by XMLHttpRequest, which tells how many bytes have left (fetch does not). */
export function putBody(
  request: PutRequest,
  body: Blob,
  onSent: (sentBytes: number) => void,
): { result: Promise<PutOutcome>; abort(): void } {
  const xhr = new XMLHttpRequest();
  const sizeBytes = body.size;
  const result = new Promise<PutOutcome>((resolve) => {
    let idle: ReturnType<typeof setTimeout>;
    let isStalled = false;
    const watch = (ms: number) => {
      clearTimeout(idle);
      idle = setTimeout(() => {
        isStalled = true;
        xhr.abort();
      }, ms);
    };
    const settle = (outcome: PutOutcome) => {
      clearTimeout(idle);
      resolve(outcome);
    };
    xhr.upload.addEventListener('progress', ({ loaded }) => {
      watch(loaded >= sizeBytes ? ANSWER_WITHIN_MS : STALLED_AFTER_MS);
      onSent(Math.min(loaded, sizeBytes));
    });
    xhr.addEventListener('load', () => {
      const { status } = xhr;
      if (status >= 200 && status < 300) settle({ state: 'stored' });
      else settle({ state: 'refused', status, code: errorCodeOf(xhr.responseText) });
    });
    xhr.addEventListener('error', () => settle({ state: 'failed', reason: 'network' }));
    xhr.addEventListener('abort', () =>
      settle(isStalled ? { state: 'failed', reason: 'stalled' } : { state: 'aborted' }),
    );
    xhr.open('PUT', request.url);
    for (const [name, value] of Object.entries(request.headers)) xhr.setRequestHeader(name, value);
    watch(STALLED_AFTER_MS);
    xhr.send(body);
  });
  return { result, abort: () => xhr.abort() };
}
