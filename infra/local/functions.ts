import { makeFinishHandler } from '../../functions/finish/handler.ts';
import { makeNotifyHandler } from '../../functions/notify/handler.ts';
import type { Log, Ports } from '../../functions/ports.ts';
import type { Rules } from '../../functions/rules.ts';
import { makeSocketHandler } from '../../functions/socket/handler.ts';
import { makeSweepHandler } from '../../functions/sweep/handler.ts';
import type { Ledger } from './billing/ledger.ts';
import { findBundles } from './bundles/find-bundles.ts';
import { startBundle } from './bundles/start-bundle.ts';
import type { SocketHandler } from './gateway/integration.ts';
import type { LambdaFunction } from './lambda/lambda.ts';

/** By the names that the functions' environment gives them. */
export const FINISH_FUNCTION = 'finish';
export const NOTIFY_FUNCTION = 'notify';
export const SWEEP_FUNCTION = 'sweep';
const SOCKET_FUNCTION = 'socket';

export interface RunningFunctions {
  socket: SocketHandler;
  /** Those that are invoked by name. */
  named: Record<string, LambdaFunction>;
  close(): Promise<void>;
}

/** The handlers of functions/ as they are, in this process. */
export function functionsFromSources(ports: Ports, ledger: Ledger, rules: Rules): RunningFunctions {
  return {
    socket: ledger.socketHandler(makeSocketHandler(ports, rules)),
    named: {
      [FINISH_FUNCTION]: ledger.finishHandler(makeFinishHandler(ports)),
      [NOTIFY_FUNCTION]: makeNotifyHandler(ports),
      [SWEEP_FUNCTION]: makeSweepHandler(ports),
    },
    async close() {},
  };
}

/** What Lambda would be given: the bundles of a synthesised stack, each in a thread with an environment of its own. */
export async function functionsFromBundles(
  folder: string,
  variables: Record<string, string | undefined>,
  log: Log,
): Promise<RunningFunctions> {
  const names = [SOCKET_FUNCTION, FINISH_FUNCTION, NOTIFY_FUNCTION, SWEEP_FUNCTION];
  const bundles = await Promise.all(
    [...findBundles(folder, names)].map(async ([name, file]) => {
      const own = {
        AWS_LAMBDA_FUNCTION_NAME: name,
        POWERTOOLS_SERVICE_NAME: name,
        POWERTOOLS_METRICS_NAMESPACE: 'Tributary',
        AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
      };
      return [name, await startBundle(file, { ...variables, ...own }, log)] as const;
    }),
  );
  const named = Object.fromEntries(bundles.map(([name, { run }]) => [name, run]));
  const socket = named[SOCKET_FUNCTION] as SocketHandler;
  return {
    socket,
    named,
    async close() {
      for (const [, bundle] of bundles) await bundle.close();
    },
  };
}
