import { z } from 'zod';
import { Down } from '../protocol/down.ts';
import { ErrorKind } from '../protocol/messages/error.ts';
import { Up } from '../protocol/up.ts';
import { PROTOCOL_VERSION } from '../protocol/version.ts';

/** The part of docs/PROTOCOL.md that is made from the schemas, Markdown. */
export function protocolReference(): string {
  return [
    `Version ${PROTOCOL_VERSION}. Fields without *optional* are required; unknown fields are ignored.`,
    '### From a device to the server',
    ...Up.options.map(messageSection),
    '### From the server to a device',
    ...Down.options.map(messageSection),
    '### Kinds of error',
    ErrorKind.options.map((kind) => `\`${kind}\``).join(', '),
  ].join('\n\n');
}

interface JsonSchema {
  type?: string;
  const?: unknown;
  enum?: unknown[];
  description?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  maxItems?: number;
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  prefixItems?: JsonSchema[];
  anyOf?: JsonSchema[];
  oneOf?: JsonSchema[];
}

function messageSection(schema: z.ZodType): string {
  const json = z.toJSONSchema(schema) as JsonSchema;
  const name = String(json.properties?.type?.const);
  const rows = rowsOf(json, '').filter(([field]) => field !== '`type`');
  if (rows.length === 0) return `#### \`${name}\``;
  const table = rows.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
  return `#### \`${name}\`\n\n| field | is | meaning |\n| --- | --- | --- |\n${table}`;
}

type Row = [field: string, is: string, meaning: string];

function rowsOf(schema: JsonSchema, prefix: string): Row[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]): Row[] => {
    const path = `${prefix}${name}`;
    const optional = schema.required?.includes(name) ? '' : ', *optional*';
    const own: Row = [`\`${path}\``, `${kindOf(field)}${optional}`, cell(field.description ?? '')];
    const entry = field.type === 'array' ? field.items : field;
    const below = field.type === 'array' ? `${path}[].` : `${path}.`;
    const variants = entry?.oneOf ?? entry?.anyOf;
    if (variants) return [own, ...variants.flatMap((variant) => variantRows(variant, below))];
    return [own, ...rowsOf(entry ?? {}, below)];
  });
}

/** A union is told apart by its one constant field: `state: "open"`. */
function variantRows(variant: JsonSchema, prefix: string): Row[] {
  const [tag, constant] =
    Object.entries(variant.properties ?? {}).find(([, { const: value }]) => value !== undefined) ?? [];
  const rows = rowsOf(variant, prefix).filter(([field]) => field !== `\`${prefix}${tag}\``);
  const head: Row = [`\`${prefix}${tag}\``, `\`"${constant?.const}"\``, ''];
  return tag === undefined ? rows : [head, ...rows];
}

function kindOf(schema: JsonSchema): string {
  if (schema.const !== undefined) return `\`${JSON.stringify(schema.const)}\``;
  if (schema.enum) return schema.enum.map((value) => `\`${JSON.stringify(value)}\``).join(' or ');
  if (schema.oneOf ?? schema.anyOf) return 'one of';
  if (schema.type === 'array') {
    const most = schema.maxItems === undefined ? '' : `, at most ${schema.maxItems}`;
    if (schema.prefixItems) return `[${schema.prefixItems.map(kindOf).join(', ')}]`;
    return `list of ${kindOf(schema.items ?? {})}${most}`;
  }
  return `${schema.type ?? 'anything'}${boundsOf(schema)}`;
}

function boundsOf({ type, minimum, maximum, minLength, maxLength, pattern }: JsonSchema): string {
  if (pattern) return ` matching \`${cell(pattern)}\``;
  if (type === 'string' && maxLength !== undefined) return `, ${minLength ?? 0} to ${maxLength} characters`;
  if (type !== 'integer' && type !== 'number') return '';
  const largest = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  if (minimum !== undefined && largest !== undefined) return ` from ${minimum} to ${largest}`;
  return minimum === undefined || minimum === Number.MIN_SAFE_INTEGER ? '' : `, ${minimum} or more`;
}

/** A bar would end the table's cell. */
function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}
