import type { Mailer } from '../ports.ts';

/** Where nobody wants letters. */
export const noMailer: Mailer = { async send() {} };
