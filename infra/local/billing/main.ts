import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readSettings, SettingsError } from '../settings.ts';
import { statementOf } from './statement.ts';

/** `npm run bill`: what each upload that has ended here would have cost on AWS, from the server's own log. */
try {
  const { dataFolder } = readSettings(process.env);
  const path = join(dataFolder, 'tributary.log');
  console.log(statementOf([`${path}.1`, path].flatMap(linesOf)));
} catch (error) {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
}

function linesOf(path: string): string[] {
  try {
    return readFileSync(path, 'utf8').split('\n');
  } catch (error) {
    // A server that has never run, or whose log was never full.
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
