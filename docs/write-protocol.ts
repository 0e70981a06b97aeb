import { readFileSync, writeFileSync } from 'node:fs';
import { protocolReference } from './protocol-reference.ts';

/** `npm run docs`: puts the reference into docs/PROTOCOL.md, between its marks. */
const path = new URL('PROTOCOL.md', import.meta.url);
const [before, rest = ''] = readFileSync(path, 'utf8').split('<!-- reference -->\n');
const after = rest.split('<!-- /reference -->')[1] ?? '\n';
writeFileSync(path, `${before}<!-- reference -->\n${protocolReference()}\n<!-- /reference -->${after}`);
