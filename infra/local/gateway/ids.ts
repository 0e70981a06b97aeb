import { randomBytes } from 'node:crypto';

/**
 * An id as API Gateway makes them, `L0SM9cOFvHcCIhw=`: 11 random bytes in base64, hence the closing `=`.
 * URL-safe, because a connection id becomes a path segment of the management API.
 */
export function makeId(): string {
  return `${randomBytes(11).toString('base64url')}=`;
}
