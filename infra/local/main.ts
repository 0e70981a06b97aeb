import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderUnicodeCompact } from 'uqr';
import { DISK_FULL, DISK_FULL_CODES } from './disk-full.ts';
import { withKey } from './instance-key.ts';
import { makeLogFile } from './log-file.ts';
import { type RunningServer, startServer } from './server.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How much later a second signal has to come to be one of its own. */
const SAME_SIGNAL_MS = 500;
const PARENT_CHECK_MS = 500;

/**
 * Runs Tributary until it is told to stop. What cannot be is said in one line, with a non-zero exit.
 *
 * @param parentPid whoever started this process, as it was at the very beginning.
 */
export async function main(parentPid: number): Promise<void> {
  let settings: Settings | undefined;
  try {
    settings = readSettings(process.env);
    giveCredentials(settings);
    const server = await startServer({
      settings,
      pageFolder: join(root, 'web/dist'),
      version: versionOf(),
      log: makeLogFile(join(settings.dataFolder, 'tributary.log'), () => Date.now()),
      tell: (line) => console.error(line),
    });
    closeWhenTold(server, parentPid);
    announce(server);
    const { failing = [] } = await server.health();
    for (const reason of failing) console.error(`Not answering yet, uploads have to wait: ${reason}.`);
  } catch (error) {
    console.error(explain(error, settings));
    process.exit(1);
  }
}

/**
 * The embedded engines check nothing but the store's own key; the SDK still wants some to sign with. Where the usual
 * credentials are needed, they are looked for as the SDK does: a made-up pair would hide a profile. Where they are not,
 * a profile must not get in the way: it goes before a pair, and may be one that has to be logged in to.
 */
function giveCredentials({ store, dynamoEndpoint }: Settings): void {
  const isStoreOfTheirs = store.kind === 'elsewhere' && !store.credentials;
  if (isStoreOfTheirs || dynamoEndpoint) return;
  delete process.env.AWS_PROFILE;
  process.env.AWS_ACCESS_KEY_ID = 'local';
  process.env.AWS_SECRET_ACCESS_KEY = 'local';
}

function announce({ port, lanOrigins, key }: RunningServer): void {
  console.log(`Tributary is ready: http://localhost:${port}`);
  const [lan, ...others] = lanOrigins.map((origin) => withKey(origin, key));
  if (!lan) return;
  console.log(`On your network:    ${[lan, ...others].join('  ')}`);
  console.log('Who has this address may upload from there. The links of an upload need no key.\n');
  console.log(renderUnicodeCompact(lan, { border: 2 }));
}

function closeWhenTold(server: RunningServer, parentPid: number): void {
  let closingSinceMs: number | undefined;
  const close = () => {
    if (closingSinceMs !== undefined) {
      // One Ctrl-C comes twice, from the terminal and from npm. A later one is somebody in a hurry.
      if (performance.now() - closingSinceMs > SAME_SIGNAL_MS) process.exit(130);
      return;
    }
    closingSinceMs = performance.now();
    server.close().then(
      () => process.exit(0),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', close);
  process.on('SIGINT', close);
  // npm that is told to stop tells the shell between us, which ends and leaves us running, with the port.
  if (process.env.npm_lifecycle_event !== 'start') return;
  const watch = setInterval(() => {
    if (process.ppid === parentPid) return;
    clearInterval(watch);
    close();
  }, PARENT_CHECK_MS);
}

function explain(error: unknown, settings: Settings | undefined): string {
  if (error instanceof SettingsError) return error.message;
  if (!(error instanceof Error)) return `Tributary cannot start: ${error}`;
  const { code = '', syscall, message, name } = error as NodeJS.ErrnoException;
  const { port = 0, host, dataFolder } = settings ?? {};
  if (code === 'EADDRINUSE') {
    return `Port ${port} is in use. Choose another, for example: PORT=${port + 1} npm start`;
  }
  if (syscall === 'listen' && (code === 'EACCES' || code === 'EPERM')) {
    return `Port ${port} may not be used by this user. Choose one above 1023, for example: PORT=8080 npm start`;
  }
  if (code === 'EADDRNOTAVAIL' || syscall === 'getaddrinfo') {
    return `HOST is ${host}; this machine has no such address.`;
  }
  if (DISK_FULL_CODES.has(code) || DISK_FULL.test(message)) {
    return `The disk with ${dataFolder} is full. Make room there, or set DATA_DIR to another folder.`;
  }
  if (NOT_WRITABLE.has(code) || (code === 'ENOENT' && syscall === 'mkdir')) {
    return `The folder ${dataFolder} cannot be written. Set DATA_DIR to one that can.`;
  }
  if (name === 'CredentialsProviderError') {
    const needs = settings?.dynamoEndpoint ? 'DYNAMODB_ENDPOINT' : 'S3_BUCKET';
    return `No AWS credentials were found, and ${needs} needs them. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_PROFILE.`;
  }
  return `Tributary cannot start: ${message}`;
}

const NOT_WRITABLE = new Set(['EACCES', 'EEXIST', 'ENOTDIR', 'EPERM', 'EROFS']);

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
