import { App } from 'aws-cdk-lib';
import { StorageStack } from './storage-stack.ts';

/** What `cdk synth` and `cdk deploy` begin with. */
const app = new App();
new StorageStack(app, 'TributaryStorage');
