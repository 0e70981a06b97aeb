import type { Answer } from '../http/answer.ts';

/** Browsers keep a preflight per URL, and each part has its own URL, so a long life gains little. */
const MAX_AGE_S = 3600;

/** The one request that is answered unsigned: a browser sends it on its own, before the real one. */
export function preflightAnswer(): Answer {
  return {
    status: 204,
    headers: {
      'access-control-allow-methods': 'PUT, GET, HEAD',
      'access-control-allow-headers': 'x-amz-checksum-sha256, content-type',
      'access-control-max-age': String(MAX_AGE_S),
    },
  };
}
