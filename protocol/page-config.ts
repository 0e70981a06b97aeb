import { z } from 'zod';

/**
 * What the page asks its own origin for at `config.json`, so that one built page serves any stage. Every server writes
 * it: the local one when asked, the AWS one when it is deployed.
 */
export const PageConfig = z.object({
  socketUrl: z.string().min(1).describe('where the socket is; may be relative to the page'),
  signIn: z
    .object({
      issuer: z.url().describe('an OpenID Connect issuer'),
      clientId: z.string().min(1),
      discoveryUrl: z
        .string()
        .optional()
        .describe(
          "where its configuration is, if not where the issuer's name leads; may be relative to the page",
        ),
    })
    .optional()
    .describe('left out where nobody can sign in'),
});
export type PageConfig = z.infer<typeof PageConfig>;
