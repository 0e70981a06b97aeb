import { randomBytes } from 'node:crypto';
import { argon2id, argon2Verify } from 'hash-wasm';
import type { Table } from '../../../functions/table/table.ts';

/** People who have made an account on this server. */
export interface Accounts {
  /** 'taken': somebody has that name, and another passphrase. */
  make(name: string, passphrase: string): Promise<Account | 'taken'>;
  /** Undefined: there is no such name, or it is another passphrase. Takes as long either way. */
  check(name: string, passphrase: string): Promise<Account | undefined>;
  find(subject: string): Promise<Account | undefined>;
}

export interface Account {
  subject: string;
  name: string;
}

/** OWASP's least for Argon2id (2024): 19 MiB, two passes, one lane. Some 60 ms here, and as much for each guess. */
const ARGON2 = { parallelism: 1, iterations: 2, memorySize: 19_456, hashLength: 32 } as const;

const accountKey = (name: string) => ({ pk: `A#${name.normalize('NFKC').toLowerCase()}`, sk: 'A' });
const subjectKey = (subject: string) => ({ pk: `A#@${subject}`, sk: 'A' });

export function makeAccounts(table: Table): Accounts {
  const nobody = hash(randomBytes(16).toString('base64url'));
  const check: Accounts['check'] = async (name, passphrase) => {
    const item = await table.get(accountKey(name));
    const known = typeof item?.passphrase === 'string' ? item.passphrase : await nobody;
    const isRight = await argon2Verify({ password: passphrase.normalize('NFKC'), hash: known });
    return item && isRight ? { subject: String(item.subject), name: String(item.name) } : undefined;
  };
  return {
    check,
    async make(name, passphrase) {
      const account = { subject: randomBytes(16).toString('base64url'), name };
      const item = { ...account, passphrase: await hash(passphrase) };
      // The way back first: whoever has signed in can be found.
      await table.put({ ...subjectKey(account.subject), ...account });
      const isFree = { expression: 'attribute_not_exists(pk)' };
      if (await table.put({ ...accountKey(name), ...item }, isFree)) return account;
      await table.delete(subjectKey(account.subject));
      // Sent twice, perhaps.
      return (await check(name, passphrase)) ?? 'taken';
    },
    async find(subject) {
      const item = await table.get(subjectKey(subject));
      return item && { subject, name: String(item.name) };
    },
  };
}

function hash(passphrase: string): Promise<string> {
  const salt = randomBytes(16);
  return argon2id({ ...ARGON2, password: passphrase.normalize('NFKC'), salt, outputType: 'encoded' });
}
