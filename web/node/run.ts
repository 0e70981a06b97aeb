import { hostname } from 'node:os';
import { makeBudget } from '../engine/budget.ts';
import { withHashMemory } from '../engine/hash-memory.ts';
import type { Memory } from '../engine/memory.ts';
import { makeUpload, type Upload } from '../engine/upload.ts';
import { atOrigin, lanOriginOf } from '../state/lan-address.ts';
import { linkOf } from '../state/links.ts';
import { nodeClock } from './clock.ts';
import type { Command } from './command.ts';
import { countedIn } from './counted.ts';
import { deviceOptions } from './device.ts';
import { guessDeviceName } from './device-name.ts';
import { interruptedWords } from './ending.ts';
import { type Ending, EXIT, type Interruption, isInterruption } from './exit-codes.ts';
import { sayFarewell } from './farewell.ts';
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
import { type KeptEntry, makeKeptEntry } from './kept-entry.ts';
import { nowForgotten, withoutMemory } from './not-remembered.ts';
import type { Beginning, Moment, Report } from './report.ts';
import { unlessTheSame, writtenToWhile } from './still-the-same.ts';
import { isShown, untilEnd } from './until-end.ts';

type Work = Exclude<Command, { kind: 'usage' }>;

/** Carries until there is nothing more to do, or until it is `interrupted`. */
export async function runDevice(
  command: Work,
  report: Report,
  interrupted: Promise<Interruption>,
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
    if (!(error instanceof AlreadyRunning)) throw error;
    return { code: EXIT.running, text: error.message };
  }
  try {
    return await carry(command, file, journal, report, interrupted, env);
  } finally {
    await journal.release();
  }
}

const theError = (error: unknown): unknown => error;

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
  interrupted: Promise<Interruption>,
  env: NodeJS.ProcessEnv,
): Promise<Ending> {
  const { options } = command;
  const begun = beginningOf(command, file, journal.entry);
  const entry = (begun === 'before' && journal.entry) || freshEntry(command, file);
  const folder = stateFolderOf(command, env);
  const trouble = journal.trouble ?? (await journal.save(entry).then(() => undefined, theError));
  if (trouble !== undefined) {
    const outcome = withoutMemory({ command, folder, error: trouble, begun });
    if ('code' in outcome) {
      file?.close();
      return outcome;
    }
    report.note(outcome.note);
  }
  const kept = makeKeptEntry(journal, entry, nodeClock, (error) => {
    if (trouble === undefined) report.note(nowForgotten(folder, error));
  });
  const engine = {
    ...deviceOptions(command.page, {
      key: entry.deviceKey,
      name: options.name ?? guessDeviceName(hostname()),
    }),
    budget: makeBudget(nodeClock, countedIn(kept, options.allowanceBytes)),
    memory: memoryIn(kept, command),
  };
  const { connection } = engine;
  const hashes = file && makeHashStore(folder, identityOf(file));
  const port =
    file && hashes && withHashMemory(makeFilePort(file, nodeClock, options.limitBps), hashes, Math.random);
  let upload: Upload;
  let linksTold: Promise<void> | undefined;
  if (command.kind === 'create' && file && entry.secrets) {
    const { secrets } = entry;
    const info = { name: file.name, sizeBytes: file.sizeBytes, type: '' };
    upload = makeUpload(engine, { kind: 'create', file: info, secrets, key: command.key }, port);
    const links = {
      help: linkOf(command.page.href, secrets.help),
      watch: linkOf(command.page.href, secrets.watch),
    };
    // Not before the upload is there: whoever opens its link sooner is turned away.
    const stop = upload.onChange(() => {
      if (upload.view().state !== 'open') return;
      stop();
      // Others know this machine by another address than it does itself.
      linksTold = lanOriginOf(command.page.href).then((lan) => {
        const reachable = (link: string) => (lan === undefined ? link : atOrigin(link, lan));
        report.links({ help: reachable(links.help), watch: reachable(links.watch) }, begun);
      });
    });
  } else {
    const secret = command.kind === 'create' ? '' : command.secret;
    upload = makeUpload(engine, { kind: 'join', secret }, port);
  }

  let hasShownFile = false;
  const tell = (moment: Moment) => {
    hasShownFile ||= isShown(moment.view);
    report.moment({ ...moment, server: command.page.host });
  };
  const own = { bytes: file?.sizeBytes, isMaker: command.kind === 'create' };
  const waits = { own, giveUpMs: options.giveUpMs };
  const stopped = interrupted.then((code) => ({ code, text: 'Stopped.' }));
  let ending: Ending = await untilEnd(upload, connection, tell, waits, stopped);
  const isWrittenTo = command.kind === 'create' && file?.modifiedAtMs !== entry.file?.modifiedAtMs;
  if (ending.code === EXIT.complete && isWrittenTo && port && !hasShownFile) {
    ending = (await Promise.race([unlessTheSame(upload, connection, port), stopped])) ?? ending;
  }
  if (file && (await file.isWrittenTo())) ending = writtenToWhile(ending, command.kind, file.name);
  // What is small is done before it is known by which address others would come.
  await linksTold;
  const farewell = await sayFarewell(upload, connection, nodeClock);
  report.moment({ ...farewell.moment, server: command.page.host });
  if (isInterruption(ending.code) && file) ending = { ...ending, text: interruptedWords(farewell) };
  await hashes?.close();
  await kept.written();
  // What came to nothing is begun anew the next time; what is complete is still known to be. A server that takes in no
  // such program (another version, say) has said nothing of the upload.
  const isRefused = farewell.moment.view.state === 'refused';
  if (ending.code === EXIT.aborted || (ending.code === EXIT.notAdmitted && isRefused)) await journal.forget();
  return ending;
}

/** A part is reported a fraction of a second after it is stored. */
const NOTED_WITHIN_MS = 100;

function memoryIn(kept: KeptEntry, { kind }: Work): Memory {
  return {
    // Whoever joins has no say in what the upload's bytes are, and shows each time that it has them.
    begunModifiedAtMs: () => (kind === 'create' ? kept.now().file?.modifiedAtMs : undefined),
    landed: async () => kept.now().landed ?? [],
    noteLanded: (parts) => kept.change({ landed: [...parts] }, NOTED_WITHIN_MS),
  };
}

/**
 * A file of the size of the one whose upload was begun here goes on with that upload, whatever its time of change: the
 * engine reads again what is published, and stops if it is another file.
 */
function beginningOf(command: Work, file: DiskFile | undefined, entry: JournalEntry | undefined): Beginning {
  if (!entry) return 'now';
  if (command.kind !== 'create') return 'before';
  if (command.isNew || !entry.secrets) return 'now';
  return entry.file?.sizeBytes === file?.sizeBytes ? 'before' : 'now-for-another-size';
}

function freshEntry(command: Work, file: DiskFile | undefined): JournalEntry {
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

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
