import { randomBytes } from 'node:crypto';
import { expect } from 'vitest';
import type { ErrorKind } from '../../protocol/messages/error.ts';
import { type Client, createUpload, hashesOf, newSecrets, type Secrets, sync } from '../support/client.ts';
import type { World } from './world.ts';

/** An upload of two parts whose hashes are known, its owner, and those who are at it. */
export interface Scene {
  world: World;
  owner: Client;
  upload: string;
  partBytes: number;
  bytes: Buffer;
  secrets: Secrets;
  helper(secret?: string, name?: string): Promise<Client>;
  watcher(): Promise<Client>;
  /** What is on the board and in the list of links, as the owner sees it. */
  now(): Promise<unknown>;
}

const BYTES = randomBytes(6 * 1_048_576);

export async function setScene(world: World, bytes = BYTES): Promise<Scene> {
  const secrets = newSecrets();
  const owner = await world.device('laptop');
  const { upload, partBytes } = await createUpload(owner, bytes, secrets);
  const parts = Array.from({ length: Math.ceil(bytes.length / partBytes) }, (_, i) => i + 1);
  for (let from = 0; from < parts.length; from += 64) {
    await sync(owner, upload, { hashes: hashesOf(bytes, partBytes, parts.slice(from, from + 64)) });
  }
  let eye: Promise<Client> | undefined;
  return {
    world,
    owner,
    upload,
    partBytes,
    bytes,
    secrets,
    async helper(secret = secrets.help, name = 'phone') {
      const client = await world.device(name);
      await client.expect('board', { type: 'join', secret });
      await proveTo(client, upload, bytes, partBytes);
      return client;
    },
    async watcher() {
      const client = await world.device('wall');
      await client.expect('board', { type: 'join', secret: secrets.watch });
      return client;
    },
    async now() {
      eye ??= world.device('eye');
      const { stripes, state } = await (await eye).expect('board', { type: 'join', secret: secrets.own });
      const { shares } = await (await eye).expect('shares', { type: 'list', upload });
      return { stripes, state, shares };
    },
  };
}

export async function proveTo(
  client: Client,
  upload: string,
  bytes: Buffer,
  partBytes: number,
): Promise<void> {
  const { parts } = await client.expect('challenge', { type: 'offer', upload, sizeBytes: bytes.length });
  await client.expect('proven', { type: 'prove', upload, hashes: hashesOf(bytes, partBytes, parts) });
}

/** The message is refused as this kind, and the upload is what it was. */
export async function expectRefused(
  scene: Scene,
  client: Client,
  message: Record<string, unknown>,
  kind: ErrorKind,
  value?: string,
): Promise<void> {
  const before = await scene.now();
  const { error } = await client.expect('error', message);
  expect(error.kind, JSON.stringify(error)).toBe(kind);
  if (value !== undefined) expect(error.value).toBe(value);
  expect(await scene.now()).toEqual(before);
}
