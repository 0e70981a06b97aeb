// `npm run destroy -- -c stage=live`: takes down what runs. What is stored stays, and so do the addresses.
import { cdk, prepare } from './cdk.mjs';

prepare();
cdk('destroy', '*-Running', ...process.argv.slice(2));
console.log(`
What is stored and its addresses are still there: npm run deploy brings everything back, every link included.
To remove them as well, for good: docs/OPERATIONS.md, "Taking it down".`);
