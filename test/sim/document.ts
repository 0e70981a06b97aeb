import { readFileSync, writeFileSync } from 'node:fs';
import { type Bill, billHead, billRow, slopeHead, slopeRow, slopesOf } from './bill.ts';
import { progressChart, sharesChart } from './charts.ts';
import { tableHead, tableRow } from './report.ts';
import type { Outcome } from './world.ts';

const DOCS = new URL('../../docs/', import.meta.url);
/** The one whose progress is drawn. */
const DRAWN = '200MiB';

/** Puts the figures between the marks of docs/SCHEDULING.md, and draws its charts. */
export function writeScheduling(
  outcomes: readonly Outcome[],
  bills: ReadonlyArray<readonly [Bill, Outcome]>,
): void {
  const path = new URL('SCHEDULING.md', DOCS);
  let text = readFileSync(path, 'utf8');
  text = between(text, 'scenarios', [tableHead(), ...outcomes.map(tableRow)]);
  text = between(text, 'bill', [billHead(), ...bills.map(([bill, outcome]) => billRow(bill, outcome))]);
  text = between(text, 'slopes', [slopeHead(), ...slopesOf(bills).map(slopeRow)]);
  writeFileSync(path, text);
  writeFileSync(new URL('pictures/shares.svg', DOCS), sharesChart(outcomes));
  const drawn = outcomes.find(({ scenario }) => scenario === DRAWN);
  if (drawn) writeFileSync(new URL('pictures/progress.svg', DOCS), progressChart(drawn));
}

function between(text: string, mark: string, lines: readonly string[]): string {
  const [before, rest = ''] = text.split(`<!-- ${mark} -->\n`);
  const after = rest.split(`<!-- /${mark} -->`)[1];
  if (after === undefined) throw new Error(`expected the marks of "${mark}" in docs/SCHEDULING.md`);
  return `${before}<!-- ${mark} -->\n${lines.join('\n')}\n<!-- /${mark} -->${after}`;
}
