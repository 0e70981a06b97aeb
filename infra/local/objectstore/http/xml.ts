import { XMLBuilder, XMLParser } from 'fast-xml-parser';
import { S3Error } from './s3-error.ts';

/** A document to write: names to text, to nested elements, or to repeated ones. */
export interface XmlElements {
  readonly [name: string]: XmlValue | undefined;
}
type XmlValue = string | number | boolean | XmlElements | readonly XmlElements[];

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

// The builder's own escaping leaves carriage returns alone, which a reader would then normalise away.
const builder = new XMLBuilder({
  processEntities: false,
  tagValueProcessor: (_name, value) => escapeText(String(value)),
});

const parser = new XMLParser({
  processEntities: false,
  parseTagValue: false,
  ignoreAttributes: true,
  ignoreDeclaration: true,
  maxNestedTags: 8,
  isArray: (name) => name === 'Part',
});

export function toXml(document: XmlElements): string {
  return DECLARATION + builder.build(document);
}

/**
 * Parses a small trusted-to-nobody document. Text comes back as it was written, entities unexpanded
 * (see {@link unquoteETag}). Errors: MalformedXML.
 */
export function parseXml(bytes: Uint8Array): unknown {
  try {
    const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
    // Neither a DOCTYPE nor a comment nor CDATA belongs into any request that we accept.
    if (text.includes('<!')) throw new Error('the document contains markup declarations');
    return parser.parse(text, true);
  } catch (cause) {
    throw malformedXml(cause);
  }
}

export function malformedXml(cause?: unknown): S3Error {
  return new S3Error(
    'MalformedXML',
    'The XML you provided was not well-formed or did not validate against our published schema.',
    { cause },
  );
}

/** `&quot;abc&quot;`, `"abc"` and `abc` all name the ETag `abc`: clients write all three. */
export function unquoteETag(text: string): string {
  return text.replace(/&quot;|&#34;|&#x22;/gi, '"').replace(/^"(.*)"$/, '$1');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&apos;',
  '\r': '&#xD;',
  '\n': '&#xA;',
  '\t': '&#x9;',
};

function escapeText(text: string): string {
  return (
    text
      .replace(/[&<>"'\r\n\t]/g, (character) => ESCAPES[character] ?? character)
      // biome-ignore lint/suspicious/noControlCharactersInRegex: XML 1.0 cannot carry these
      .replace(/[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]/g, '\ufffd')
  );
}
