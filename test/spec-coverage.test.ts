import { readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const FOLDERS = ['protocol', 'functions', 'web', 'infra', 'test'];

/** The IDs of the rules, in the order of the text: `- **[L3]** …`. */
function rulesIn(spec: string): string[] {
  return [...spec.matchAll(/^- \*\*\[([A-Z]\d+)\]\*\* \S/gm)].flatMap(([, id]) => id ?? []);
}

// `test('[L3] …`, `it.each(table)('[L3] [L4] …`, `test.for([…])(`[L3] …`: what comes first in a test's name. Skipped
// tests and plans prove nothing.
const NAMES = /(?:\b(?:test|it)((?:\.\w+)*)|\))\s*\(\s*['"`]((?:\[[A-Z]\d+\][ ,]*)+)/g;

/** The IDs that the tests of this source carry. */
function idsIn(source: string): string[] {
  return [...source.matchAll(NAMES)]
    .filter(([, modifiers = '']) => !/\.(?:skip|todo)\b/.test(modifiers))
    .flatMap(([, , ids = '']) => [...ids.matchAll(/[A-Z]\d+/g)].map(([id]) => id));
}

interface Coverage {
  withoutTest: string[];
  withoutRule: string[];
}

function coverage(rules: readonly string[], sources: ReadonlyMap<string, string>): Coverage {
  const proved = new Set<string>();
  const withoutRule = new Set<string>();
  for (const [path, source] of sources) {
    for (const id of idsIn(source)) {
      if (rules.includes(id)) proved.add(id);
      else withoutRule.add(`[${id}] in ${path}`);
    }
  }
  return { withoutTest: rules.filter((id) => !proved.has(id)), withoutRule: [...withoutRule] };
}

function testFiles(): Map<string, string> {
  const paths = FOLDERS.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && /\.(?:test\.tsx?|(?:contract|attacks)\.ts)$/.test(entry.name))
      .map((entry) => join(entry.parentPath, entry.name))
      .filter((path) => !path.split(sep).includes('node_modules')),
  );
  // The examples below are no proofs.
  const others = paths.filter((path) => path !== fileURLToPath(import.meta.url));
  return new Map(others.map((path) => [relative(ROOT, path), readFileSync(path, 'utf8')]));
}

const SPEC = readFileSync(join(ROOT, 'protocol/board/SPEC.md'), 'utf8');

test('every rule of the board is proved by a test, and every ID on a test is a rule', () => {
  const rules = rulesIn(SPEC);
  expect(rules.length).toBeGreaterThan(30);
  expect(coverage(rules, testFiles())).toEqual({ withoutTest: [], withoutRule: [] });
});

test('no rule has the ID of another', () => {
  const rules = rulesIn(SPEC);
  expect(rules.filter((id, i) => rules.indexOf(id) !== i)).toEqual([]);
});

test('every ID that the text of the rules mentions is that of a rule', () => {
  const mentioned = [...SPEC.matchAll(/\[([A-Z]\d+)\]/g)].flatMap(([, id]) => id ?? []);
  expect(mentioned.filter((id) => !rulesIn(SPEC).includes(id))).toEqual([]);
});

test('a rule without a test and a test without a rule are both found', () => {
  const spec = [
    '- **[A1]** One.',
    '- **[A2]** Two, unlike [A1].',
    '- **[B1]** Three.',
    '- **[B2]** Four.',
  ].join('\n');
  const source = [
    "test('[A1] one', () => {});",
    'it.each([1, 2])(`[B1], [A9] three`, () => {});',
    "test.for(\n  ['x'],\n)(\n  '[C1] four', () => {});",
    "test.skip('[B2] not yet', () => {});",
    "expect('[A2] is no test').toBe(1);",
    "test('two [A2] is not in front', () => {});",
  ].join('\n');
  expect(rulesIn(spec)).toEqual(['A1', 'A2', 'B1', 'B2']);
  expect(coverage(rulesIn(spec), new Map([['a.test.ts', source]]))).toEqual({
    withoutTest: ['A2', 'B2'],
    withoutRule: ['[A9] in a.test.ts', '[C1] in a.test.ts'],
  });
});
