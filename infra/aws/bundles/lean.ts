import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Plugin } from 'esbuild';

const SDK = join(import.meta.dirname, '../../../node_modules/@aws-sdk');
const CORE_PROTOCOLS = join(SDK, 'core/dist-es/submodules/protocols');
const JSON_CLIENTS =
  /[\\/]@aws-sdk[\\/](client-dynamodb|client-apigatewaymanagementapi|dynamodb-codec)[\\/].*\.js$/;

/**
 * Leaves out of a bundle what no Lambda of ours runs; reading it at every cold start is paid for. Without this plugin
 * the socket would read more than twice as much.
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
    // Nobody asks a function for a JSON schema; every schema of zod brings the way there.
    build.onLoad(
      { filter: /[\\/]zod[\\/]v4[\\/]core[\\/](json-schema-processors|to-json-schema)\.js$/ },
      () => ({
        // CommonJS, for that may lack what is imported and never called.
        contents: `const none = () => undefined;
        module.exports = { createToJSONSchemaMethod: none, createStandardJSONSchemaMethod: none };`,
      }),
    );
    // DynamoDB's endpoint is known, and looking for others is off.
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]endpoint-cache[\\/].*[\\/]EndpointCache\.js$/ }, () => ({
      contents:
        'export class EndpointCache { get() {} getEndpoint() {} set() {} has() { return false; } delete() {} clear() {} }',
    }));
    // A client says its version to the service, and brings all of its package.json for that.
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/]package\.json$/ }, ({ path }) => ({
      contents: JSON.stringify({ version: JSON.parse(readFileSync(path, 'utf8')).version }),
      loader: 'json',
    }));
    // One index leads to the protocols of all services; asked for one by one, those of S3 stay with S3.
    build.onLoad({ filter: JSON_CLIENTS }, ({ path }) => ({
      contents: readFileSync(path, 'utf8')
        .replace(
          /import \{ (Aws\w+) \} from "@aws-sdk\/core\/protocols"/,
          (_, name) =>
            `import { ${name} } from ${JSON.stringify(join(CORE_PROTOCOLS, 'json', `${name}.js`))}`,
        )
        .replace(/(import \{ Json[^}]* \} from) "@aws-sdk\/core\/protocols"/, '$1 "@smithy/core/protocols"'),
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
      resolveDir: join(SDK, 'credential-provider-node'),
    }));
  },
};
