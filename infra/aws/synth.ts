import { readFileSync } from 'node:fs';
import { App, Tags } from 'aws-cdk-lib';
import type { Bundles } from './bundles/bundle.ts';
import { LastingStack } from './lasting-stack.ts';
import { checkAll } from './nag.ts';
import { RunningStack } from './running-stack.ts';
import { readSettings } from './settings.ts';

export interface Made {
  app: App;
  lasting: LastingStack;
  running: RunningStack;
}

/** The feature flags, which the command line gives by itself. */
export const flags: Record<string, unknown> = JSON.parse(
  readFileSync(new URL('../../cdk.json', import.meta.url), 'utf8'),
).context;

/** Both stacks of a deployment. */
export function makeApp(
  { bundles, pageFolder }: { bundles: Bundles; pageFolder: string },
  app = new App({ context: flags }),
): Made {
  const settings = readSettings(app.node);
  const name = `Tributary-${settings.stage}`;
  const lasting = new LastingStack(app, `${name}-Lasting`, {
    settings,
    description: 'Tributary: what is stored, who people are, and the addresses',
  });
  const running = new RunningStack(app, `${name}-Running`, {
    settings,
    lasting,
    bundles,
    pageFolder,
    description: 'Tributary: the functions and the page',
  });
  Tags.of(app).add('tributary', settings.stage);
  checkAll(app);
  return { app, lasting, running };
}
