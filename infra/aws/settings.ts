import type { Node } from 'constructs';
import { z } from 'zod';

const Yes = z.union([z.boolean(), z.enum(['true', 'false']).transform((value) => value === 'true')]);

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

export function readSettings(node: Node): Settings {
  const given = Object.fromEntries(
    Object.keys(Context.shape).map((name) => [name, node.tryGetContext(name) ?? undefined]),
  );
  const parsed = Context.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    const name = String(issue?.path[0] ?? '');
    throw new Error(
      `${name} is ${JSON.stringify(given[name])}; expected ${issue?.message ?? 'something else'}.`,
    );
  }
  const { stage, domain, certificateArn, alarmEmail, noticeEmail, noticeFrom, tracing, logRole } =
    parsed.data;
  if (Boolean(domain) !== Boolean(certificateArn)) {
    const [set, missing] = domain ? ['domain', 'certificateArn'] : ['certificateArn', 'domain'];
    throw new Error(`${set} is set; ${missing} has to be set too.`);
  }
  return {
    stage,
    domain: domain && certificateArn ? { name: domain, certificateArn } : undefined,
    alarmEmail,
    noticeEmail,
    noticeFrom,
    tracing,
    logRole,
  };
}
