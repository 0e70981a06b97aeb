/** Why an AWS service, or what stands in for one, did not do as it was asked: for a person, without a stack. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { $metadata, code } = error as { $metadata?: { httpStatusCode?: number }; code?: unknown };
  if (code === 'ETIMEDOUT') return 'no answer in time';
  // The answer to HEAD has no body, and the SDK makes `UnknownError` of that.
  if ($metadata?.httpStatusCode) return `answered ${$metadata.httpStatusCode} (${error.name})`;
  // Where a name has several addresses, Node's error is an aggregate without a message.
  return error.message || String(code ?? error.name);
}
