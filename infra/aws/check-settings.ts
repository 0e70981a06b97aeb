import { App } from 'aws-cdk-lib';
import { BadSetting, readSettings } from './settings.ts';

/** Run by app.mjs before anything is built: what cannot be is said in one line, and ends it. */
try {
  readSettings(new App({ autoSynth: false }).node);
} catch (error) {
  if (!(error instanceof BadSetting)) throw error;
  console.error(error.message);
  process.exit(1);
}
