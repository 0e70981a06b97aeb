import type { Node } from 'constructs';
import { z } from 'zod';

const Yes = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);

/** What was told cannot be; the message is for whoever told it, in one line. */
export class BadSetting extends Error {
  override readonly name = 'BadSetting';
}

/** Each expectation is the end of a sentence: `stage is "x"; expected …`. */
const Context = z.object({
  stage: z
    .string()
    .regex(/^[a-z][a-z0-9-]{0,15}$/, '1 to 16 small letters, digits and dashes')
    .default('live'),
  domain: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/, 'a host name such as files.example.org')
    .optional(),
  certificateArn: z
    .string()
    .regex(
      /^arn:aws[\w-]*:acm:us-east-1:\d{12}:certificate\/.+$/,
      'a certificate of us-east-1, where CloudFront looks',
    )
    .optional(),
  restoredTable: z
    .string()
    .regex(/^[\w.-]{3,255}$/, "a table's name")
    .optional(),
  alarmEmail: z.email('an e-mail address').optional(),
  noticeEmail: z.email('an e-mail address').optional(),
  noticeFrom: z.email('an e-mail address').optional(),
  tracing: Yes.default(false),
  logRole: Yes.default(true),
});

/** What a deployment can be told, by `-c name=value` or in cdk.context.json. */
export interface Settings {
  /** In the name of everything, so that several deployments fit one account. */
  stage: string;
  /** The page's own host name, with its certificate. Undefined: one of CloudFront's. */
  domain: { name: string; certificateArn: string } | undefined;
  /** The table that is used in place of the stack's own, once that had to be restored under another name. */
  restoredTable: string | undefined;
  /** Who is told of alarms. */
  alarmEmail: string | undefined;
  /** Who is told of every upload that is complete. */
  noticeEmail: string | undefined;
  /** From whom e-mails to those are who have signed in and want them; undefined: nobody is offered any. */
  noticeFrom: string | undefined;
  tracing: boolean;
  /** Whether to give API Gateway the role by which it writes access logs: one for the whole account and Region. */
  logRole: boolean;
}

/** @throws BadSetting */
export function readSettings(node: Node): Settings {
  const names = Object.keys(Context.shape);
  // A misspelt one would be left out without a word. All else may be the CDK's.
  for (const name of Object.keys(node.getAllContext())) {
    const meant = names.find((known) => known !== name && plain(known) === plain(name));
    if (meant) throw new BadSetting(`${name} is no setting; expected ${meant}.`);
  }
  const given = Object.fromEntries(names.map((name) => [name, node.tryGetContext(name) ?? undefined]));
  const parsed = Context.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? '');
    throw new BadSetting(
      `${name} is ${JSON.stringify(given[name])}; expected ${issue?.message ?? 'something else'}.`,
    );
  }
  const { domain, certificateArn, restoredTable, alarmEmail, noticeEmail, noticeFrom, ...rest } = parsed.data;
  if (Boolean(domain) !== Boolean(certificateArn)) {
    const [set, missing] = domain ? ['domain', 'certificateArn'] : ['certificateArn', 'domain'];
    throw new BadSetting(`${set} is set; ${missing} has to be set too.`);
  }
  return {
    ...rest,
    domain: domain && certificateArn ? { name: domain, certificateArn } : undefined,
    restoredTable,
    alarmEmail,
    noticeEmail,
    noticeFrom,
  };
}

const plain = (name: string) => name.toLowerCase().replace(/[-_]/g, '');
