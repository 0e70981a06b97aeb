import { Duration } from 'aws-cdk-lib';
import { Rule, Schedule } from 'aws-cdk-lib/aws-events';
import { LambdaFunction } from 'aws-cdk-lib/aws-events-targets';
import type { Function as Handling } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import { SWEEP_EVERY_MS } from '../../../functions/sweep/period.ts';

/** Calls the sweep. One that failed is not called again: the next is as good. */
export class SweepSchedule extends Construct {
  constructor(scope: Construct, id: string, { sweep }: { sweep: Handling }) {
    super(scope, id);
    sweep.configureAsyncInvoke({ retryAttempts: 0, maxEventAge: Duration.minutes(5) });
    new Rule(this, 'Rule', {
      description: 'Looks after what nobody is looking at',
      schedule: Schedule.rate(Duration.millis(SWEEP_EVERY_MS)),
      targets: [new LambdaFunction(sweep, { retryAttempts: 0 })],
    });
  }
}
