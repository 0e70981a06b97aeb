/** What MinIO, and the stores of `npm start`, say where those of AWS are never full; and MinIO of a quota that is. */
const FULL = new Set(['XMinioStorageFull', 'XMinioAdminBucketQuotaExceeded', 'QuotaExceeded', 'StorageFull']);

/** Whether a store that answered so has no room, for this or for anything else. */
export function saysStoreFull(status: number | undefined, code: string): boolean {
  return status === 507 || FULL.has(code);
}
