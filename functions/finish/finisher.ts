import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import type { Finisher } from '../ports.ts';

/** Invokes the finish function asynchronously. Repeating is harmless: only one of them gets the finishing lease. */
export function makeFinisher(options: {
  region: string;
  endpoint: string | undefined;
  functionName: string;
}): Finisher {
  const client = new LambdaClient({
    region: options.region,
    ...(options.endpoint ? { endpoint: options.endpoint } : {}),
  });
  return {
    async start(upload) {
      await client.send(
        new InvokeCommand({
          FunctionName: options.functionName,
          InvocationType: 'Event',
          Payload: Buffer.from(JSON.stringify({ upload })),
        }),
      );
    },
  };
}
