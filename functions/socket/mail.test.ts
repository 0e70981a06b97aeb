import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Down } from '../../protocol/down.ts';
import { PROTOCOL_VERSION } from '../../protocol/version.ts';
import { newSecret } from '../../test/support/client.ts';
import { type Engines, openEngines, setScene, smallFile } from '../../test/support/finish-scene.ts';
import type { Person } from '../identity/identity.ts';
import { OPEN_RULES, type Rules } from '../rules.ts';
import { onFrame } from './dispatch.ts';

const YEAR_MS = 365 * 86_400_000;

let engines: Engines;
beforeAll(async () => {
  engines = await openEngines();
});
afterAll(() => engines.close());

let count = 0;

/** A server that knows people by these tokens, and a device on which one of them is about to sign in. */
async function play(rules: Partial<Rules> = { sendsMail: true }) {
  const { ports, clock } = await setScene(engines, { ...smallFile('a file'), stored: [], done: [] });
  const own = `${++count}`;
  const person = (name: string, email: string | undefined): Person => ({
    subject: `${name}-${own}`,
    name,
    email,
    untilMs: 10 * YEAR_MS,
  });
  const people = new Map([
    ['ada', person('ada', 'ada@example.org')],
    ['eve', person('eve', 'eve@example.org')],
    ['kim', person('kim', undefined)],
  ]);
  const identity = { verify: async (token: string) => people.get(token) };
  const connection = `connection-${own}`;
  const context = () => ({
    ports,
    connection,
    host: 'h',
    sourceIp: '',
    rules: { ...OPEN_RULES, identity, ...rules },
  });
  const say = async (message: object): Promise<Down> =>
    JSON.parse((await onFrame(context(), JSON.stringify({ id: 1, ...message }))) ?? 'null');
  await say({ type: 'hello', version: PROTOCOL_VERSION, device: { key: newSecret(), name: 'laptop' } });
  const signIn = async (token: string) => {
    const said = await say({ type: 'sign-in', token });
    if (said.type !== 'signed-in') throw new Error(`expected signed-in; got ${JSON.stringify(said)}`);
    return said.mail;
  };
  const mailMe = (isWanted: boolean, token = 'ada') =>
    say({ type: 'mail-me', isWanted, language: 'es', token });
  return { ports, clock, people, say, signIn, mailMe, letterbox: () => ports.people.letterbox(`ada-${own}`) };
}

describe('an e-mail when an upload is complete', () => {
  test('is offered to whoever signs in, kept once it is wanted, and taken away again', async () => {
    const { signIn, mailMe, letterbox } = await play();
    expect(await signIn('ada')).toEqual({ address: 'ada@example.org', isWanted: false });
    expect(await letterbox()).toBeUndefined(); // nobody's address is kept unasked
    expect(await mailMe(true)).toMatchObject({ type: 'ok' });
    expect(await signIn('ada')).toEqual({ address: 'ada@example.org', isWanted: true });
    expect(await letterbox()).toMatchObject({ address: 'ada@example.org', language: 'es' });
    expect(await mailMe(false)).toMatchObject({ type: 'ok' });
    expect(await signIn('ada')).toEqual({ address: 'ada@example.org', isWanted: false });
    expect(await letterbox()).toBeUndefined();
  });

  test('follows an address that has become another, and a year without a sign-in ends it', async () => {
    const { signIn, mailMe, letterbox, people, clock } = await play();
    await signIn('ada');
    await mailMe(true);
    const ada = people.get('ada');
    if (ada) people.set('ada', { ...ada, email: 'ada@example.com' });
    expect(await signIn('ada')).toEqual({ address: 'ada@example.com', isWanted: true });
    expect(await letterbox()).toMatchObject({ address: 'ada@example.com' });
    clock.advance(YEAR_MS - 1);
    expect(await signIn('ada')).toMatchObject({ isWanted: true });
    clock.advance(YEAR_MS - 1); // counted from that sign-in
    expect(await signIn('ada')).toMatchObject({ isWanted: true });
    clock.advance(YEAR_MS);
    expect(await signIn('ada')).toMatchObject({ isWanted: false });
  });

  test('is not offered by a server that sends none, or to whom the issuer vouches for no address; asking is refused', async () => {
    const silent = await play({});
    expect(await silent.signIn('ada')).toBeUndefined();
    expect(await silent.mailMe(true)).toMatchObject({ type: 'error', error: { kind: 'not-allowed' } });
    const { signIn, mailMe } = await play();
    expect(await signIn('kim')).toBeUndefined();
    expect(await mailMe(true, 'kim')).toMatchObject({ type: 'error', error: { kind: 'not-allowed' } });
  });

  test('is nothing that somebody else can ask for', async () => {
    const { signIn, mailMe, say, letterbox } = await play();
    expect(await mailMe(true)).toMatchObject({ type: 'error', error: { kind: 'sign-in-first' } });
    await signIn('eve');
    expect(await mailMe(true)).toMatchObject({ type: 'error', error: { kind: 'bad-token' } });
    const forged = { type: 'mail-me', isWanted: true, language: 'en', token: 'forged' };
    expect(await say(forged)).toMatchObject({ type: 'error', error: { kind: 'bad-token' } });
    expect(await letterbox()).toBeUndefined();
  });
});
