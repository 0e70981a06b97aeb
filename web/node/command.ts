import { parseArgs } from 'node:util';
import { MAX_DEVICE_NAME_LENGTH } from '../../protocol/limits.ts';
import { Secret } from '../../protocol/messages/common.ts';
import { parseBytes, parseDurationMs, parseRate } from './units.ts';

/** What was asked for on the command line. */
export type Command =
  | {
      kind: 'create';
      page: URL;
      /** The server's own, from the address that it shows. */
      key: string | undefined;
      path: string;
      isNew: boolean;
      options: DeviceOptions;
    }
  | { kind: 'join'; page: URL; secret: string; path: string; options: DeviceOptions }
  | { kind: 'watch'; page: URL; secret: string; options: DeviceOptions }
  | { kind: 'usage' };

export interface DeviceOptions {
  /** Undefined: the machine's own. */
  name: string | undefined;
  limitBps: number | undefined;
  /** What this run and those before it may send in all, for this upload. */
  allowanceBytes: number | undefined;
  /** Undefined: the server is waited for however long it is away. */
  giveUpMs: number | undefined;
  /** Undefined: where this user's programs keep their state. */
  stateFolder: string | undefined;
  isJson: boolean;
}

/** The command line cannot be understood; `message` says what was expected. */
export class UsageError extends Error {}

const DEFAULT_SERVER = 'http://localhost:8080';

export const USAGE = `Carries a file, or parts of it, from this machine. Run again, it goes on where it was.

  npm run device -- create FILE                      begin an upload and print its links
  npm run device -- create FILE --server "ADDRESS"   the same, on another server than ${DEFAULT_SERVER}
  npm run device -- join "LINK" FILE                 carry parts of an upload that somebody has begun
  npm run device -- watch "LINK"                     only look

  From another machine, create wants the address with the key that the server shows when it starts.
  For join, FILE is the same file, or a copy of it. Quotes keep shells from taking a # for a comment.

  --name NAME          what the others see instead of this machine's name
  --limit RATE         send no faster than this: 20Mbit/s, 2MB/s
  --allowance SIZE     send no more than this in all, however often it is run: 2GB, 500MB
  --give-up DURATION   end when the server was away for so long: 30s, 10min, 2h (without it: never)
  --new                create: a new upload, even if this file has one
  --state FOLDER       where to remember what is under way
  --json               one JSON object a line on standard output, for programs (npm run -s: npm says nothing itself)

Exit codes: 0 complete, 1 a fault or a refusal, or the state folder cannot be written where it has to be, 2 the command
line, 3 the link or the server does not admit this device, 4 the file is another one, has changed or cannot be
read, 5 the data allowance is used up, 6 ended by its owner, 7 gave up waiting, 8 this is running already,
interrupted: 130 (tickets given back, if the server can be reached), 143 the same by SIGTERM, 129 by SIGHUP.`;

/** Throws UsageError. */
export function parseCommand(args: readonly string[]): Command {
  const { values, positionals } = parse(args);
  const [kind, ...rest] = positionals;
  if (values.help || kind === undefined || kind === 'help') return { kind: 'usage' };
  const options: DeviceOptions = {
    name: nameOf(values.name),
    limitBps: parsed('--limit', values.limit, parseRate, 'a speed with its unit, such as 20Mbit/s or 2MB/s'),
    allowanceBytes: parsed('--allowance', values.allowance, parseBytes, 'a size such as 2GB or 500MB'),
    giveUpMs: parsed('--give-up', values['give-up'], parseDurationMs, 'a time such as 30s, 10min or 2h'),
    stateFolder: values.state,
    isJson: values.json ?? false,
  };
  switch (kind) {
    case 'create': {
      const [path] = exactly(rest, ['FILE'], kind);
      const page = pageOf(values.server ?? DEFAULT_SERVER, '--server');
      const key = keyIn(page.hash);
      page.hash = '';
      return { kind, page, key, path, isNew: values.new ?? false, options };
    }
    case 'join': {
      const [link, path] = exactly(rest, ['LINK', 'FILE'], kind);
      return { kind, ...linkOf(link), path, options };
    }
    case 'watch': {
      const [link] = exactly(rest, ['LINK'], kind);
      return { kind, ...linkOf(link), options };
    }
    default:
      throw new UsageError(`Expected create, join or watch; got ${kind}.`);
  }
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        server: { type: 'string' },
        name: { type: 'string' },
        limit: { type: 'string' },
        allowance: { type: 'string' },
        'give-up': { type: 'string' },
        state: { type: 'string' },
        new: { type: 'boolean' },
        json: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function exactly<const Names extends readonly string[]>(
  given: readonly string[],
  names: Names,
  kind: string,
): { [Index in keyof Names]: string } {
  if (given.length === names.length) return given as unknown as { [Index in keyof Names]: string };
  throw new UsageError(`Expected ${kind} ${names.join(' ')}; got ${[kind, ...given].join(' ')}.`);
}

function pageOf(text: string, what: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^https?:$/.test(url.protocol)) return url;
  throw new UsageError(
    `Expected ${what} to be an address that begins with http:// or https://; got ${text}.`,
  );
}

/** Of an address as the server shows it on starting: `http://192.168.1.5:8080/#key=…`. */
function keyIn(hash: string): string | undefined {
  if (hash === '') return undefined;
  const key = Secret.safeParse(/^#key=(.*)$/.exec(hash)?.[1]);
  if (key.success) return key.data;
  throw new UsageError('Expected --server to end in #key=… as the server shows it, or to have no #.');
}

/** The secret is not repeated in the error: what is wrong with a link is in front of its sign. */
function linkOf(text: string): { page: URL; secret: string } {
  const page = pageOf(text, 'LINK');
  const secret = Secret.safeParse(page.hash.slice(1));
  page.hash = '';
  if (secret.success) return { page, secret: secret.data };
  throw new UsageError(
    'The link is not whole: expected a # and at least 22 characters after it. Some shells take a # that is not quoted for a comment: put the link in quotes.',
  );
}

function nameOf(text: string | undefined): string | undefined {
  const name = text?.trim();
  if (name === undefined || (name !== '' && name.length <= MAX_DEVICE_NAME_LENGTH)) return name;
  throw new UsageError(
    `Expected --name to have 1 to ${MAX_DEVICE_NAME_LENGTH} characters; got ${name.length}.`,
  );
}

function parsed(
  option: string,
  text: string | undefined,
  read: (text: string) => number | undefined,
  expected: string,
): number | undefined {
  if (text === undefined) return undefined;
  const value = read(text);
  if (value !== undefined) return value;
  throw new UsageError(`Expected ${option} to be ${expected}; got ${text}.`);
}
