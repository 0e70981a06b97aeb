import { expect, test } from 'vitest';
import { parseCommand, USAGE, UsageError } from './command.ts';
import { EXIT } from './exit-codes.ts';

const SECRET = 'abcdefghijklmnopqrst-_';
const LINK = `https://nas.test/up/#${SECRET}`;

test('create names a file and, where it is not this machine, a server', () => {
  expect(parseCommand(['create', 'film.mov'])).toMatchObject({
    kind: 'create',
    path: 'film.mov',
    isNew: false,
    page: new URL('http://localhost:8080/'),
  });
  expect(parseCommand(['create', '--server', 'https://nas.test/up/', 'film.mov', '--new'])).toMatchObject({
    page: new URL('https://nas.test/up/'),
    isNew: true,
    key: undefined,
  });
  const shown = `http://192.168.1.5:8080/#key=${SECRET}`;
  expect(parseCommand(['create', 'film.mov', '--server', shown])).toMatchObject({ key: SECRET });
});

test('join names a link and a file, watch a link; the secret is taken out of the address', () => {
  const page = new URL('https://nas.test/up/');
  page.hash = '';
  expect(
    parseCommand(['join', LINK, 'film.mov', '--limit', '8Mbit/s', '--name', ' NAS ', '--allowance', '2GB']),
  ).toEqual({
    kind: 'join',
    page,
    secret: SECRET,
    path: 'film.mov',
    options: {
      name: 'NAS',
      limitBps: 1_000_000,
      allowanceBytes: 2_000_000_000,
      giveUpMs: undefined,
      stateFolder: undefined,
      isJson: false,
    },
  });
  expect(parseCommand(['watch', LINK, '--json'])).toMatchObject({ kind: 'watch', secret: SECRET });
});

test.for([
  [['upload', 'film.mov'], 'got upload'],
  [['create'], 'Expected create FILE'],
  [['join', LINK], 'Expected join LINK FILE'],
  [['watch', 'https://nas.test/up/'], 'put the link in quotes'],
  [['watch', `ftp://nas.test/#${SECRET}`], 'begins with http'],
  [['create', 'film.mov', '--server', 'nas'], 'Expected --server'],
  [['create', 'film.mov', '--server', 'http://nas:8080/#kez=x'], '#key='],
  [['create', 'film.mov', '--limit', 'fast'], 'got fast'],
  [['create', 'film.mov', '--limit', '20'], 'with its unit, such as 20Mbit/s or 2MB/s; got 20.'],
  [['create', 'film.mov', '--name', 'n'.repeat(65)], 'got 65'],
  [['create', 'film.mov', '--speed', '1'], '--speed'],
] as const)('%j is answered with what was expected', ([args, words]) => {
  expect(() => parseCommand(args)).toThrow(UsageError);
  expect(() => parseCommand(args)).toThrow(words);
});

test('an error about a link never repeats its secret', () => {
  try {
    parseCommand(['watch', `https://nas.test/#${SECRET}/x`]);
    expect.unreachable();
  } catch (error) {
    expect(String(error)).not.toContain(SECRET);
  }
});

test('the usage text lists every exit code', () => {
  for (const code of Object.values(EXIT)) expect(USAGE).toMatch(new RegExp(`[ :]${code} `));
});
