import { z } from 'zod';

/** What this browser keeps of a sign-in. The refresh token is changed at each use. */
export const Session = z.object({ idToken: z.string(), refreshToken: z.string().optional() });
export type Session = z.infer<typeof Session>;
