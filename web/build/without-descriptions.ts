import type { Plugin } from 'vite';

const DESCRIPTION = /\s*\.describe\(\s*(?:'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*")\s*,?\s*\)/g;

/** What fields mean is for who reads the documentation made from the schemas; a page need not carry the words. */
export function withoutDescriptions(): Plugin {
  return {
    name: 'without-descriptions',
    enforce: 'pre',
    transform(code, id) {
      if (!/\/protocol\/[^?]*\.ts$/.test(id)) return undefined;
      // In place of each, as many line ends: what stands behind keeps its line.
      const short = code.replace(DESCRIPTION, (words) => '\n'.repeat(words.split('\n').length - 1));
      return short === code ? undefined : { code: short, map: null };
    },
  };
}
