import { resolve } from 'node:path';
import { parseCommand, USAGE, UsageError } from './command.ts';
import { EXIT, type Interruption } from './exit-codes.ts';
import { makeReport } from './report.ts';
import { runDevice } from './run.ts';

/** `npm run device`. Answers the exit code. */
export async function main(args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  carryOnUnheard();
  let command: ReturnType<typeof parseCommand>;
  try {
    command = parseCommand(args);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    process.stderr.write(`${error.message}\nAll that there is: npm run device -- help\n`);
    return EXIT.usage;
  }
  if (command.kind === 'usage') {
    process.stdout.write(`${USAGE}\n`);
    return args.length > 0 ? EXIT.complete : EXIT.usage;
  }
  // npm runs in the project's folder; paths are meant from where it was called.
  const from = env.INIT_CWD ?? process.cwd();
  const { stateFolder } = command.options;
  if (stateFolder !== undefined) command.options.stateFolder = resolve(from, stateFolder);
  if (command.kind !== 'watch') command = { ...command, path: resolve(from, command.path) };
  const report = makeReport(process, command.options.isJson);
  const ending = await runDevice(command, report, interruption(), env);
  report.end(ending);
  return ending.code;
}

/** Who reads along may leave (`| head -1`), and a terminal may be closed: an upload is worth more than what it says. */
function carryOnUnheard(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});
}

/** The first signal ends in order, the second at once. */
function interruption(): Promise<Interruption> {
  return new Promise((interrupted) => {
    const on = (signal: NodeJS.Signals, code: Interruption) =>
      process.on(signal, () => {
        interrupted(code);
        process.once(signal, () => process.exit(code));
      });
    on('SIGINT', EXIT.interrupted);
    on('SIGTERM', EXIT.terminated);
    // A terminal that is closed sends it twice, by the system and by its shell: neither is a person who cannot wait.
    process.on('SIGHUP', () => interrupted(EXIT.hungUp));
  });
}
