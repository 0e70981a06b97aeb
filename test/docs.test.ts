import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { protocolReference } from '../docs/protocol-reference.ts';

test('docs/PROTOCOL.md has the reference that the schemas give (npm run docs writes it)', () => {
  const document = readFileSync(new URL('../docs/PROTOCOL.md', import.meta.url), 'utf8');
  expect(document).toContain(`<!-- reference -->\n${protocolReference()}\n<!-- /reference -->`);
});
