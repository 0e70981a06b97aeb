import type { ErrorKind, ProtocolError } from '../protocol/messages/error.ts';

/** An expected no: thrown by a message's handler, answered to its sender as data, and of no effect on anybody else. */
export class Refusal extends Error {
  readonly error: ProtocolError;

  constructor(kind: ErrorKind, message: string, details: Omit<ProtocolError, 'kind' | 'message'> = {}) {
    super(message);
    this.name = 'Refusal';
    this.error = { kind, message, ...details };
  }
}
