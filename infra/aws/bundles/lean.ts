import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

/**
 * Leaves out of a bundle what no Lambda of ours runs; reading it at every cold start is paid for. Without this plugin
 * the socket's bundle is three times as big.
 */
export const lean: Plugin = {
  name: 'lean',
  setup(build) {
    // esbuild keeps all of zod for `import { z }`, and the parts that are used for `import * as z`.
    build.onLoad({ filter: /[\\/](protocol|functions)[\\/].*\.ts$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replace("import { z } from 'zod'", "import * as z from 'zod'"),
      loader: 'ts',
    }));
    // Fifty languages for messages that no person sees.
    build.onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, ({ path }) => ({
      contents: "export { default as en } from './en.js';",
      resolveDir: dirname(path),
    }));
    // In Lambda the role's credentials are in the environment; profiles, single sign-on and instance metadata are not.
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ resolveDir }) => ({
      path: 'credential-provider-node',
      namespace: 'lean',
      pluginData: { resolveDir },
    }));
    build.onLoad({ filter: /^credential-provider-node$/, namespace: 'lean' }, () => ({
      contents:
        "import { fromEnv } from '@aws-sdk/credential-provider-env'; export const defaultProvider = () => fromEnv();",
      resolveDir: join(import.meta.dirname, '../../../node_modules/@aws-sdk/credential-provider-node'),
    }));
  },
};
