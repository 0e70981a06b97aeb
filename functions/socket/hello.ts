import type { Hello, Ping } from '../../protocol/messages/hello.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { deviceIdOf } from '../hashing.ts';
import { Refusal } from '../refusal.ts';
import { type Answer, callerOf, type MessageContext } from './context.ts';

export async function hello({ ports, connection }: MessageContext, message: Hello): Promise<Answer> {
  if (message.version !== PROTOCOL_VERSION) {
    throw new Refusal(
      'wrong-version',
      'This page and the server speak different versions. Reload the page.',
      {
        expected: `version ${PROTOCOL_VERSION}`,
        value: String(message.version),
      },
    );
  }
  const { key, name } = message.device;
  const deviceId = deviceIdOf(key);
  const caller = await ports.members.caller(connection);
  if (caller && caller.deviceId !== deviceId) {
    throw new Refusal('hello-twice', 'This connection has said hello as another device.', {
      expected: 'one hello',
    });
  }
  // The same one that arrives twice (I3) is welcome twice.
  if (!caller) await ports.members.greet({ connection, deviceId, name });
  return { type: 'welcome', re: message.id, serverNowMs: ports.clock.nowMs() };
}

export async function ping(context: MessageContext, message: Ping): Promise<Answer> {
  await callerOf(context);
  return { type: 'pong', re: message.id, serverNowMs: context.ports.clock.nowMs() };
}
