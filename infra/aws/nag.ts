import {
  type App,
  type IPolicyValidationContext,
  type IPolicyValidationPlugin,
  type PolicyValidationPluginReport,
  Validations,
} from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import type { IConstruct } from 'constructs';

/** A finding that is as it should be: of this rule, anywhere below this construct. */
interface Explanation {
  rule: string;
  construct: IConstruct;
  reason: string;
  isUsed: boolean;
}

const explanations = new WeakMap<IConstruct, Explanation[]>();

/**
 * Explains findings of cdk-nag below a construct, by rule. A rule that names what it found in brackets is named with
 * them; `…` stands for anything in between: `AwsSolutions-IAM5[Resource::…/uploads/*]`.
 */
export function explain(construct: IConstruct, reasons: Readonly<Record<string, string>>): void {
  const { root } = construct.node;
  const known = explanations.get(root) ?? [];
  explanations.set(root, known);
  for (const [rule, reason] of Object.entries(reasons))
    known.push({ rule, construct, reason, isUsed: false });
}

/** What cdk-nag finds and nobody has explained fails the synthesis, and so does an explanation of what it does not find. */
export function checkAll(app: App): void {
  Validations.of(app).addPlugins(new ExplainedChecks());
}

class ExplainedChecks implements IPolicyValidationPlugin {
  readonly name = 'cdk-nag';

  validate(context: IPolicyValidationContext): PolicyValidationPluginReport {
    // Its own list of findings would grow with each validation: a new one each time.
    const report = new AwsSolutionsChecks().validate(context);
    const root = (context as unknown as { appConstruct: IConstruct }).appConstruct;
    const known = explanations.get(root) ?? [];
    const violations = report.violations.flatMap((violation) => {
      const left = violation.violatingResources.filter(({ constructPath = '' }) => {
        const found = known.filter(
          ({ rule, construct }) => matches(rule, violation.ruleName) && isBelow(construct, constructPath),
        );
        for (const explanation of found) explanation.isUsed = true;
        return found.length === 0;
      });
      return left.length === 0 ? [] : [{ ...violation, violatingResources: left }];
    });
    for (const { rule, construct, isUsed } of known) {
      if (isUsed) continue;
      violations.push({
        ruleName: rule,
        description: 'This is explained, and cdk-nag does not find it.',
        severity: 'error',
        violatingResources: [{ constructPath: construct.node.path, locations: [] }],
      });
    }
    return { ...report, violations, success: violations.length === 0 };
  }
}

function matches(rule: string, found: string): boolean {
  const [start = '', end] = rule.split('…');
  return end === undefined ? found === rule : found.startsWith(start) && found.endsWith(end);
}

function isBelow(construct: IConstruct, path: string): boolean {
  return path === construct.node.path || path.startsWith(`${construct.node.path}/`);
}
