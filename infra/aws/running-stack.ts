import { Duration, Stack, type StackProps } from 'aws-cdk-lib';
import { type ITableV2, TableV2 } from 'aws-cdk-lib/aws-dynamodb';
import { SqsDestination } from 'aws-cdk-lib/aws-lambda-destinations';
import type { Construct } from 'constructs';
import type { Bundles } from './bundles/bundle.ts';
import type { LastingStack } from './lasting-stack.ts';
import { Completion, deadLetterQueue, Letters } from './running/completion.ts';
import { Functions } from './running/functions.ts';
import { Operations } from './running/operations.ts';
import { Page } from './running/page.ts';
import { Routes } from './running/routes.ts';
import { SweepSchedule } from './running/schedule.ts';
import type { Settings } from './settings.ts';

export interface RunningStackProps extends StackProps {
  settings: Settings;
  lasting: LastingStack;
  bundles: Bundles;
  /** The built page. */
  pageFolder: string;
}

/** One version of the code: the functions, what calls them, and the page that speaks their protocol. Keeps nothing. */
export class RunningStack extends Stack {
  constructor(scope: Construct, id: string, props: RunningStackProps) {
    const { settings, lasting, bundles, pageFolder, ...rest } = props;
    super(scope, id, rest);
    const { gateway, storage, signIn, site } = lasting;
    const table: ITableV2 = settings.restoredTable
      ? TableV2.fromTableName(this, 'Restored', settings.restoredTable)
      : (storage.table as ITableV2);
    const letters = new Letters(this, 'Letters', settings);
    const functions = new Functions(this, 'Functions', {
      lasting,
      table,
      bundles,
      noticeTopicArn: letters.topic.topicArn,
      noticeFrom: settings.noticeFrom,
      tracing: settings.tracing,
    });
    const routes = new Routes(this, 'Routes', { gateway, socket: functions.socket.function });

    const unfinished = deadLetterQueue(this, 'Unfinished');
    functions.finish.function.configureAsyncInvoke({
      retryAttempts: 2,
      maxEventAge: Duration.hours(1),
      onFailure: new SqsDestination(unfinished),
    });
    const completion = new Completion(this, 'Completion', { storage, notify: functions.notify.function });
    new SweepSchedule(this, 'SweepSchedule', { sweep: functions.sweep.function });

    const page = new Page(this, 'Page', {
      site,
      folder: pageFolder,
      config: {
        socketUrl: gateway.stage.url,
        signIn: { issuer: signIn.issuer, clientId: signIn.client.userPoolClientId },
      },
    });
    // A page never speaks to functions that are older than it is.
    page.node.addDependency(routes);
    new Operations(this, 'Operations', {
      stage: settings.stage,
      lasting,
      table,
      functions,
      deadLetters: [completion.deadLetters, unfinished],
      alarmEmail: settings.alarmEmail,
    });
  }
}
