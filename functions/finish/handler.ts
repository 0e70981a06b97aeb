import { z } from 'zod';
import { UploadId } from '../../protocol/messages/common.ts';
import { inLambda } from '../lambda-entry.ts';
import type { Ports } from '../ports.ts';
import { finish } from './finish.ts';

const FinishEvent = z.object({ upload: UploadId });

/** The asynchronous Lambda that assembles an upload: `{ upload }`. */
export function makeFinishHandler(ports: Ports) {
  return async (event: unknown): Promise<void> => {
    await finish(ports, FinishEvent.parse(event).upload);
  };
}

/** The Lambda's entry. */
export const handler = inLambda(makeFinishHandler);
