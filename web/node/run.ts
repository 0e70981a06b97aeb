import { hostname } from 'node:os';
import { type BudgetStore, makeBudget, makeBudgetStore } from '../engine/budget.ts';
import { withHashMemory } from '../engine/hash-memory.ts';
import { makeUpload, type Upload } from '../engine/upload.ts';
import { linkOf } from '../state/links.ts';
import { nodeClock } from './clock.ts';
import type { Command } from './command.ts';
import { deviceOptions } from './device.ts';
import { guessDeviceName } from './device-name.ts';
import { endingOf } from './ending.ts';
import { type Ending, EXIT } from './exit-codes.ts';
import { type DiskFile, makeFilePort, openFile } from './file.ts';
import { makeHashStore } from './hash-store.ts';
import {
  AlreadyRunning,
  defaultStateFolder,
  type Journal,
  type JournalEntry,
  newSecret,
  openJournal,
} from './journal.ts';
import type { Report } from './report.ts';

type Work = Exclude<Command, { kind: 'usage' }>;

/** Carries until there is nothing more to do, or until `interrupted` says with which ending to stop. */
export async function runDevice(
  command: Work,
  report: Report,
  interrupted: Promise<Ending>,
  env: NodeJS.ProcessEnv,
): Promise<Ending> {
  let file: DiskFile | undefined;
  try {
    if (command.kind !== 'watch') file = await openFile(command.path);
  } catch (error) {
    return { code: EXIT.file, text: unreadableWords(command, error) };
  }
  let journal: Journal;
  try {
    journal = await openJournal(stateFolderOf(command, env), namesOf(command, file));
  } catch (error) {
    file?.close();
    const isRunning = error instanceof AlreadyRunning;
    const text = isRunning ? error.message : `What is under way cannot be remembered: ${reasonOf(error)}`;
    return { code: isRunning ? EXIT.running : EXIT.fault, text };
  }
  try {
    return await carry(command, file, journal, report, interrupted, env);
  } finally {
    await journal.release();
  }
}

const stateFolderOf = ({ options }: Work, env: NodeJS.ProcessEnv) =>
  options.stateFolder ?? defaultStateFolder(env);

const identityOf = ({ path, sizeBytes, modifiedAtMs }: DiskFile) => ({ path, sizeBytes, modifiedAtMs });

/** What makes two runs the same one. */
function namesOf(command: Work, file: DiskFile | undefined): string[] {
  const what = command.kind === 'create' ? [] : [command.secret];
  return [command.kind, command.page.href, ...what, file?.path ?? ''];
}

async function carry(
  command: Work,
  file: DiskFile | undefined,
  journal: Journal,
  report: Report,
  interrupted: Promise<Ending>,
  env: NodeJS.ProcessEnv,
): Promise<Ending> {
  const { options } = command;
  const isResumed =
    journal.entry !== undefined && !(command.kind === 'create' && isOther(command, file, journal));
  const entry = (isResumed && journal.entry) || freshEntry(command, file);
  await journal.save(entry);
  const engine = deviceOptions(command.page, {
    key: entry.deviceKey,
    name: options.name ?? guessDeviceName(hostname()),
  });
  const budget = makeBudget(nodeClock, countedIn(journal, entry, options.allowanceBytes));
  const hashes = file && makeHashStore(stateFolderOf(command, env), identityOf(file));
  const port =
    file && hashes && withHashMemory(makeFilePort(file, nodeClock, options.limitBps), hashes, Math.random);
  let upload: Upload;
  if (command.kind === 'create' && file && entry.secrets) {
    const { secrets } = entry;
    const info = { name: file.name, sizeBytes: file.sizeBytes, type: '' };
    upload = makeUpload(
      { ...engine, budget },
      { kind: 'create', file: info, secrets, key: command.key },
      port,
    );
    const links = {
      help: linkOf(command.page.href, secrets.help),
      watch: linkOf(command.page.href, secrets.watch),
    };
    // Not before the upload is there: whoever opens its link sooner is turned away.
    const stop = upload.onChange(() => {
      if (upload.view().state !== 'open') return;
      stop();
      report.links(links, isResumed);
    });
  } else {
    const secret = command.kind === 'create' ? '' : command.secret;
    upload = makeUpload({ ...engine, budget }, { kind: 'join', secret }, port);
  }

  const waits = { ownBytes: file?.sizeBytes, giveUpMs: options.giveUpMs };
  const ending = await untilEnd(upload, engine, report, waits, interrupted);
  // What came to nothing is begun anew the next time; what is complete is still known to be.
  if (ending.code === EXIT.aborted || ending.code === EXIT.notAdmitted) await journal.forget();
  upload.detach();
  upload.close();
  await Promise.race([engine.connection.settled(), after(GOODBYE_MS)]);
  engine.connection.close();
  await hashes?.close();
  return ending;
}

/** The count is kept with the rest, so that an allowance is one of all runs together. */
function countedIn(journal: Journal, entry: JournalEntry, allowanceBytes: number | undefined): BudgetStore {
  // The pace is kept byte by byte, by the put itself.
  const store = makeBudgetStore({ rateBps: undefined, allowanceBytes }, entry.spentBytes);
  return {
    ...store,
    spend(bytes) {
      store.spend(bytes);
      if (allowanceBytes !== undefined) void journal.save({ ...entry, spentBytes: store.load().spentBytes });
    },
  };
}

/** Tickets are given back before the process ends, but a server that is away is not waited for. */
const GOODBYE_MS = 3_000;
/** Speeds fade without any event. */
const LOOK_EVERY_MS = 200;

function untilEnd(
  upload: Upload,
  { connection }: ReturnType<typeof deviceOptions>,
  report: Report,
  { ownBytes, giveUpMs }: { ownBytes: number | undefined; giveUpMs: number | undefined },
  interrupted: Promise<Ending>,
): Promise<Ending> {
  return new Promise((resolve) => {
    let heardMs = nodeClock.nowMs();
    const look = () => {
      const nowMs = nodeClock.nowMs();
      const [view, status] = [upload.view(), connection.status()];
      report.moment({ view, status, nowMs });
      if (status.state === 'online') heardMs = nowMs;
      const ending =
        endingOf(view, status, ownBytes) ??
        (giveUpMs !== undefined && nowMs - heardMs >= giveUpMs
          ? { code: EXIT.gaveUp, text: 'Gave up: the server cannot be reached. What is uploaded is kept.' }
          : undefined);
      if (ending) end(ending);
    };
    const end = (ending: Ending) => {
      clearInterval(timer);
      stop();
      resolve(ending);
    };
    const stop = upload.onChange(look);
    const timer = setInterval(look, LOOK_EVERY_MS);
    void interrupted.then(end);
  });
}

/** Another file than the one remembered, by all that can be seen without reading it. */
function isOther(command: Extract<Work, { kind: 'create' }>, file: DiskFile | undefined, { entry }: Journal) {
  const known = entry?.file;
  return (
    command.isNew ||
    !entry?.secrets ||
    known?.sizeBytes !== file?.sizeBytes ||
    known?.modifiedAtMs !== file?.modifiedAtMs
  );
}

function freshEntry(command: Work, file: DiskFile | undefined) {
  return {
    deviceKey: newSecret(),
    ...(command.kind === 'create'
      ? { secrets: { own: newSecret(), help: newSecret(), watch: newSecret() } }
      : {}),
    ...(file ? { file: identityOf(file) } : {}),
  };
}

function unreadableWords(command: Work, error: unknown): string {
  const path = command.kind === 'watch' ? '' : command.path;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return `There is no file ${path}.`;
  if (code === 'EACCES' || code === 'EPERM') return `The file ${path} may not be read by this user.`;
  return `The file cannot be read: ${reasonOf(error)}`;
}

function after(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
