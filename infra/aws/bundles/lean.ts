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
    // A client knows the shapes of all that its service can do. Those that are not used go, once esbuild sees that making
    // them does nothing else: it cannot tell what `[_h]:` calls, and can of `"http":`.
    build.onLoad({ filter: /[\\/]@aws-sdk[\\/]client-[^\\/]+[\\/].*[\\/]schemas_\d+\.js$/ }, ({ path }) => ({
      contents: withoutErrors(withLiteralKeys(readFileSync(path, 'utf8')), path),
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
    // Answers that are a stream of events: nothing that we ask for is.
    build.onResolve({ filter: /^@smithy\/core\/event-streams$/ }, ({ kind }) =>
      kind === 'dynamic-import' ? { path: 'event-streams', namespace: 'lean' } : undefined,
    );
    build.onLoad({ filter: /^event-streams$/, namespace: 'lean' }, () => ({
      contents: "throw new Error('expected no answer with a stream of events');",
    }));
    // Tells browsers apart, of which there are none here.
    build.onLoad({ filter: /[\\/]bowser[\\/].*\.m?js$/ }, () => ({ contents: 'export default {};' }));
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

/** `const _h = "http"; … { [_h]: 1 }` becomes `{ "http": 1 }`. */
function withLiteralKeys(source: string): string {
  const texts = new Map(
    [...source.matchAll(/^const (_\w+) = ("[^"\\]*");$/gm)].map(([, name, text]) => [name, text]),
  );
  return source.replace(/\[(_\w+)\]:/g, (whole, name) => (texts.has(name) ? `${texts.get(name)}:` : whole));
}

/** Errors whose class is asked for. Any other arrives as the service's own exception, with the same name and message. */
const KNOWN_ERRORS = ['ConditionalCheckFailedException'];

function withoutErrors(source: string, path: string): string {
  if (!/[\\/]client-(dynamodb|lambda|sns)[\\/]/.test(path)) return source;
  return source.replace(/^n0_registry\.registerError\((\w+)\$, \1\);$/gm, (whole, name) =>
    KNOWN_ERRORS.includes(name) ? whole : '',
  );
}
