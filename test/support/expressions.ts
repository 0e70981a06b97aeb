import type { Item } from '../../functions/table/table.ts';

/**
 * As much of DynamoDB's expression language as functions/table uses: conditions of `attribute_exists`,
 * `attribute_not_exists`, `=`, `<`, `<=`, `>`, `>=`, AND, OR and parentheses; updates of SET (with
 * `if_not_exists`), ADD, DELETE and REMOVE. Anything else throws.
 */
export interface Placeholders {
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

type Condition = (item: Item, placeholders: Placeholders) => boolean;

const conditions = new Map<string, Condition>();

/** Whether the condition holds for the item; undefined: there is none. */
export function holds(expression: string, item: Item | undefined, placeholders: Placeholders): boolean {
  let condition = conditions.get(expression);
  if (!condition) {
    condition = parse(expression);
    if (conditions.size >= 1_000) conditions.clear();
    conditions.set(expression, condition);
  }
  return condition(item ?? {}, placeholders);
}

const TOKEN = /\s*(attribute_exists|attribute_not_exists|AND\b|OR\b|<=|>=|[<>=()]|[#:]?\w+)/y;

function tokensOf(expression: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < expression.trimEnd().length) {
    const from = TOKEN.lastIndex;
    const match = TOKEN.exec(expression);
    if (!match?.[1]) throw new SyntaxError(`expected a condition; got ${expression.slice(from)}`);
    tokens.push(match[1]);
  }
  return tokens;
}

function parse(expression: string): Condition {
  const tokens = tokensOf(expression);
  let at = 0;
  const expect = (token: string) => {
    if (tokens[at++] !== token)
      throw new SyntaxError(`expected ${token} in ${expression}; got ${tokens[at - 1]}`);
  };
  const chain = (operator: 'AND' | 'OR', next: () => Condition): Condition => {
    const terms = [next()];
    while (tokens[at] === operator) {
      at++;
      terms.push(next());
    }
    if (terms.length === 1 && terms[0]) return terms[0];
    return operator === 'AND'
      ? (item, by) => terms.every((term) => term(item, by))
      : (item, by) => terms.some((term) => term(item, by));
  };
  const either = (): Condition => chain('OR', () => chain('AND', term));
  const term = (): Condition => {
    if (tokens[at] === '(') {
      at++;
      const inner = either();
      expect(')');
      return inner;
    }
    if (tokens[at] === 'attribute_exists' || tokens[at] === 'attribute_not_exists') {
      const isWanted = tokens[at++] === 'attribute_exists';
      expect('(');
      const name = tokens[at++] ?? '';
      expect(')');
      return (item, by) => (item[attribute(name, by)] !== undefined) === isWanted;
    }
    const [name = '', operator = '', value = ''] = tokens.slice(at, at + 3);
    at += 3;
    const compare = COMPARISONS[operator];
    if (!compare) throw new SyntaxError(`expected a comparison in ${expression}; got ${operator}`);
    return (item, by) => {
      const left = item[attribute(name, by)];
      return left !== undefined && compare(left, operand(value, by));
    };
  };
  const condition = either();
  if (at < tokens.length) throw new SyntaxError(`expected the end of ${expression}; got ${tokens[at]}`);
  return condition;
}

const COMPARISONS: Record<string, (left: unknown, right: unknown) => boolean> = {
  '=': isSame,
  '<': (left, right) => Number(left) < Number(right),
  '<=': (left, right) => Number(left) <= Number(right),
  '>': (left, right) => Number(left) > Number(right),
  '>=': (left, right) => Number(left) >= Number(right),
};

function isSame(left: unknown, right: unknown): boolean {
  if (left instanceof Uint8Array && right instanceof Uint8Array) {
    return left.length === right.length && left.every((byte, i) => byte === right[i]);
  }
  return left === right;
}

/** Between commas, those in parentheses aside. */
const ACTION = /(?:[^,()]|\([^)]*\))+/g;

/** The item after the update, and the attributes that it named as they are then. */
export function applyUpdate(
  update: string,
  before: Item,
  placeholders: Placeholders,
): { item: Item; touched: Item } {
  const item: Item = { ...before };
  const names = new Set<string>();
  const clauses = update.split(/\b(SET|ADD|DELETE|REMOVE)\b/).map((text) => text.trim());
  for (let i = 1; i < clauses.length; i += 2) {
    for (const action of clauses[i + 1]?.match(ACTION) ?? []) {
      const [target = '', ...rest] = action.trim().split(/\s*=\s*|\s+/);
      const name = attribute(target, placeholders);
      names.add(name);
      const value = rest.length > 0 ? assigned(rest.join(' '), before, placeholders) : undefined;
      const next = acted(clauses[i] ?? '', item[name], value);
      if (next === undefined) delete item[name];
      else item[name] = next;
    }
  }
  const touched = Object.fromEntries(
    [...names].filter((name) => name in item).map((name) => [name, item[name]]),
  );
  return { item, touched };
}

function assigned(text: string, before: Item, placeholders: Placeholders): unknown {
  const fallback = /^if_not_exists\((.+?)\s*,\s*(.+?)\)$/.exec(text);
  if (!fallback) return operand(text, placeholders);
  const [, name = '', value = ''] = fallback;
  return before[attribute(name, placeholders)] ?? operand(value, placeholders);
}

function acted(clause: string, before: unknown, value: unknown): unknown {
  switch (clause) {
    case 'SET':
      return value;
    case 'REMOVE':
      return undefined;
    case 'ADD':
      if (value instanceof Set) return new Set([...((before as Set<unknown>) ?? []), ...value]);
      return ((before as number) ?? 0) + (value as number);
    case 'DELETE': {
      const rest = [...((before as Set<unknown>) ?? [])].filter(
        (entry) => !(value as Set<unknown>).has(entry),
      );
      // DynamoDB knows no empty set: the attribute goes with its last entry.
      return rest.length > 0 ? new Set(rest) : undefined;
    }
  }
  throw new SyntaxError(`expected SET, ADD, DELETE or REMOVE; got ${clause}`);
}

function attribute(token: string, { names }: Placeholders): string {
  if (!token.startsWith('#')) return token;
  const name = names?.[token];
  if (name === undefined) throw new SyntaxError(`expected a name for ${token}`);
  return name;
}

function operand(token: string, { values }: Placeholders): unknown {
  if (!values || !(token in values)) throw new SyntaxError(`expected a value for ${token}`);
  return values[token];
}
