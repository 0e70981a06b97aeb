/** What the table answers, with 507, while its disk has no room: as DynamoDB words an error. */
export const NO_ROOM = JSON.stringify({
  __type: 'tributary.table#StorageFull',
  message: 'The disk that holds the table is full.',
});
