import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

const Template = z.object({ Resources: z.record(z.string(), z.unknown()) });
const BundledFunction = z.object({
  Type: z.literal('AWS::Lambda::Function'),
  Properties: z.object({
    Code: z.object({ S3Key: z.string().regex(/^\w+\.zip$/) }),
    Handler: z.literal('index.handler'),
    Environment: z.object({ Variables: z.object({ POWERTOOLS_SERVICE_NAME: z.string() }) }),
  }),
});

/**
 * The files that the stacks in this folder (`cdk.out`) give to Lambda, by the name of the service.
 *
 * @throws an Error that says what is missing.
 */
export function findBundles(folder: string, services: readonly string[]): Map<string, string> {
  const templates = readdirSync(folder).filter((name) => name.endsWith('-Running.template.json'));
  const [template, other] = templates;
  if (!template || other) {
    throw new Error(`expected one *-Running.template.json in ${folder}; found ${templates.length}`);
  }
  const { Resources } = Template.parse(JSON.parse(readFileSync(join(folder, template), 'utf8')));
  const found = new Map<string, string>();
  for (const resource of Object.values(Resources)) {
    const parsed = BundledFunction.safeParse(resource);
    if (!parsed.success) continue;
    const { Code, Environment } = parsed.data.Properties;
    const file = join(folder, `asset.${Code.S3Key.replace(/\.zip$/, '')}`, 'index.mjs');
    if (existsSync(file)) found.set(Environment.Variables.POWERTOOLS_SERVICE_NAME, file);
  }
  const missing = services.filter((service) => !found.has(service));
  if (missing.length > 0) throw new Error(`found no bundle in ${folder} for: ${missing.join(', ')}`);
  return found;
}
