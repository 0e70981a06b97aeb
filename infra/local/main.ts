import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderUnicodeCompact } from 'uqr';
import { makeLogFile } from './log-file.ts';
import { type RunningServer, startServer } from './server.ts';
import { readSettings, type Settings, SettingsError } from './settings.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Runs Tributary until it is told to stop. What cannot be is said in one line, with a non-zero exit. */
export async function main(): Promise<void> {
  let settings: Settings | undefined;
  try {
    settings = readSettings(process.env);
    giveCredentials(settings);
    const server = await startServer({
      settings,
      pageFolder: join(root, 'web/dist'),
      version: versionOf(),
      log: makeLogFile(join(settings.dataFolder, 'tributary.log'), () => Date.now()),
    });
    closeOnSignals(server);
    announce(server);
  } catch (error) {
    console.error(explain(error, settings));
    process.exit(1);
  }
}

/**
 * The embedded engines check nothing but the store's own key; the SDK still wants some to sign with. Where the usual
 * credentials are needed, they are looked for as the SDK does: a made-up pair would hide a profile.
 */
function giveCredentials({ store, dynamoEndpoint }: Settings): void {
  const isStoreOfTheirs = store.kind === 'elsewhere' && !process.env.S3_ACCESS_KEY_ID;
  if (isStoreOfTheirs || dynamoEndpoint) return;
  process.env.AWS_ACCESS_KEY_ID ??= 'local';
  process.env.AWS_SECRET_ACCESS_KEY ??= 'local';
}

function announce({ port, lanOrigins }: RunningServer): void {
  console.log(`Tributary is ready: http://localhost:${port}`);
  const [lan] = lanOrigins;
  if (!lan) return;
  console.log(`On your network:    ${lanOrigins.join('  ')}\n`);
  console.log(renderUnicodeCompact(lan, { border: 2 }));
}

function closeOnSignals(server: RunningServer): void {
  let isClosing = false;
  const close = () => {
    // A second signal is somebody in a hurry.
    if (isClosing) process.exit(130);
    isClosing = true;
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
}

function explain(error: unknown, settings: Settings | undefined): string {
  if (error instanceof SettingsError) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'EADDRINUSE') {
    return `Port ${settings?.port} is in use. Choose another, for example: PORT=${(settings?.port ?? 0) + 1} npm start`;
  }
  if (code === 'EACCES' && error instanceof Error && 'syscall' in error && error.syscall === 'listen') {
    return `Port ${settings?.port} may not be used by this user. Choose one above 1023, for example: PORT=8080 npm start`;
  }
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
    return `HOST is ${settings?.host}; this machine has no such address.`;
  if (code === 'ENOSPC')
    return `The disk with ${settings?.dataFolder} is full. Make room there, or set DATA_DIR to another folder.`;
  if (code === 'EACCES' || code === 'EROFS' || code === 'ENOTDIR' || code === 'EEXIST' || code === 'EPERM') {
    return `The folder ${settings?.dataFolder} cannot be written. Set DATA_DIR to one that can.`;
  }
  return `Tributary cannot start: ${error instanceof Error ? error.message : String(error)}`;
}

function versionOf(): string {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  return version;
}
