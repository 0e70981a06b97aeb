import { afterAll, beforeAll, describe, test } from 'vitest';
import { finishingRules } from './contract/finishing.contract.ts';
import { manifestRules } from './contract/manifests.contract.ts';
import { memberRules } from './contract/members.contract.ts';
import { registerRules } from './contract/register.contract.ts';
import { shareRules } from './contract/shares.contract.ts';
import { stripeRules } from './contract/stripes.contract.ts';
import { makeTools, type OpenTable, type Rule, type Tools } from './contract/tools.contract.ts';
import { untoldRules } from './contract/untold.contract.ts';
import { uploadRules } from './contract/uploads.contract.ts';
import { wireRules } from './contract/wire.contract.ts';

/** Rule ids (`T7`) to the reason why an endpoint need not keep that rule. */
export type BoardStoreSkips = Readonly<Record<string, string>>;

/** What uploads, stripes, manifests and members promise (ports.ts), on any endpoint that speaks DynamoDB's API. */
export function boardStoreContract(
  name: string,
  open: () => Promise<OpenTable>,
  skips: BoardStoreSkips = {},
): void {
  // The largest boards take their time on a machine that does other things too.
  describe(`${name} keeps the board store contract`, { timeout: 20_000 }, () => {
    let opened: OpenTable | undefined;
    let made: Tools | undefined;
    beforeAll(async () => {
      opened = await open();
      made = makeTools(opened);
    });
    afterAll(() => opened?.close());

    const tools = (): Tools => {
      if (made === undefined) throw new Error('expected an open table');
      return made;
    };
    const rule: Rule = (id, sentence, check) => {
      const reason = skips[id];
      if (reason === undefined) test(`[${id}] ${sentence}`, check);
      else test.skip(`[${id}] ${sentence} (skipped: ${reason})`);
    };
    uploadRules(rule, tools);
    finishingRules(rule, tools);
    shareRules(rule, tools);
    stripeRules(rule, tools);
    manifestRules(rule, tools);
    memberRules(rule, tools);
    untoldRules(rule, tools);
    registerRules(rule, tools);
    wireRules(rule, tools);
  });
}
