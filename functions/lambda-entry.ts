import type { Context } from 'aws-lambda';
import { type Environment, readEnvironment } from './environment.ts';
import { noMailer } from './notify/no-mailer.ts';
import { withoutMessage } from './observing/error-trace.ts';
import { makeObserver } from './observing/powertools.ts';
import type { Mailer, Ports } from './ports.ts';
import { makePorts } from './ports-on-aws.ts';

type MakeMailer = (environment: Environment) => Mailer;

/** A function's entry in Lambda. Made at the first event, so that merely importing it needs no environment. */
export function inLambda<Event, Answer>(
  make: (ports: Ports, environment: Environment) => (event: Event, context: Context) => Promise<Answer>,
  makeMailer: MakeMailer = () => noMailer,
): (event: Event, context: Context) => Promise<Answer> {
  let entry: ((event: Event, context: Context) => Promise<Answer>) | undefined;
  return (event, context) => {
    entry ??= observed(make, makeMailer);
    return entry(event, context);
  };
}

function observed<Event, Answer>(
  make: (ports: Ports, environment: Environment) => (event: Event, context: Context) => Promise<Answer>,
  makeMailer: MakeMailer,
) {
  const { log, meter, during } = makeObserver();
  const environment = readEnvironment(process.env);
  const ports = makePorts(environment, log, Date.now, meter, makeMailer(environment));
  const handle = make(ports, environment);
  return (event: Event, context: Context) =>
    during(context.awsRequestId, async () => {
      try {
        return await handle(event, context);
      } catch (error) {
        // Lambda's runtime logs it as it is.
        throw withoutMessage(error);
      }
    });
}
