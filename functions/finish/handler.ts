import { z } from 'zod';
import { UploadId } from '../../protocol/messages/common.ts';
import { readEnvironment } from '../environment.ts';
import type { Ports } from '../ports.ts';
import { makePorts } from '../ports-on-aws.ts';
import { finish } from './finish.ts';

const FinishEvent = z.object({ upload: UploadId });

/** The asynchronous Lambda that assembles an upload: `{ upload }`. */
export function makeFinishHandler(ports: Ports) {
  return async (event: unknown): Promise<void> => {
    await finish(ports, FinishEvent.parse(event).upload);
  };
}

let inLambda: ReturnType<typeof makeFinishHandler> | undefined;

/** The Lambda's entry. */
export function handler(event: unknown): Promise<void> {
  inLambda ??= makeFinishHandler(makePorts(readEnvironment(process.env)));
  return inLambda(event);
}
