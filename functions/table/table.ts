import {
  ConditionalCheckFailedException,
  type ConsumedCapacity,
  DynamoDBClient,
} from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  type PutCommandInput,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type { TableMeter } from '../metering/meter.ts';
import type { Key } from './keys.ts';

export type Item = Record<string, unknown>;

/** The table with the few operations that we allow ourselves. Throws the SDK's errors, failed conditions excepted. */
export interface Table {
  /** Consistent. */
  get(key: Key): Promise<Item | undefined>;
  /** Consistent, all pages. */
  query(pk: string, skPrefix: string): Promise<Item[]>;
  /** Consistent, the first so many by sort key, beyond one or below one. */
  some(
    pk: string,
    range: { after?: string; before?: never } | { before: string; after?: never },
    limit: number,
  ): Promise<Item[]>;
  /** False: the condition failed. */
  put(item: Key & Item, condition?: Condition): Promise<boolean>;
  /** The item's touched attributes as they are now; undefined: the condition failed. */
  update(key: Key, change: Change): Promise<Item | undefined>;
  delete(key: Key): Promise<void>;
}

export interface Condition {
  /** DynamoDB's expression language; `#name` for attributes, `:name` for values. */
  expression: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

export interface Change {
  update: string;
  condition?: string;
  names?: Record<string, string>;
  values?: Record<string, unknown>;
}

/** What a write whose condition failed cost is not reported; whatever we guard by conditions is under 1 KB. */
const FAILED_WRITE_UNITS = 1;

/** `meter`: is told what each operation consumed, as the table reports it. */
export function makeTable(
  tableName: string,
  region: string,
  endpoint: string | undefined,
  meter?: TableMeter,
): Table {
  const common = {
    TableName: tableName,
    ...(meter ? { ReturnConsumedCapacity: 'TOTAL' as const } : {}),
  };
  const client = new DynamoDBClient({ region, ...(endpoint ? { endpoint } : {}) });
  const documents = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  return {
    async get(key) {
      const { Item, ConsumedCapacity } = await documents.send(
        new GetCommand({ ...common, Key: key, ConsistentRead: true }),
      );
      meter?.read(key, unitsOf(ConsumedCapacity));
      return Item;
    },
    async query(pk, skPrefix) {
      const items: Item[] = [];
      let ExclusiveStartKey: Item | undefined;
      do {
        const page = await documents.send(
          new QueryCommand({
            ...common,
            ConsistentRead: true,
            KeyConditionExpression: 'pk = :pk AND begins_with(sk, :prefix)',
            ExpressionAttributeValues: { ':pk': pk, ':prefix': skPrefix },
            ...(ExclusiveStartKey ? { ExclusiveStartKey } : {}),
          }),
        );
        meter?.read({ pk, sk: skPrefix }, unitsOf(page.ConsumedCapacity));
        items.push(...(page.Items ?? []));
        ExclusiveStartKey = page.LastEvaluatedKey;
      } while (ExclusiveStartKey);
      return items;
    },
    async some(pk, { after, before }, limit) {
      const { Items, ConsumedCapacity } = await documents.send(
        new QueryCommand({
          ...common,
          ConsistentRead: true,
          KeyConditionExpression: `pk = :pk${after ? ' AND sk > :edge' : before ? ' AND sk < :edge' : ''}`,
          ExpressionAttributeValues: { ':pk': pk, ...((after ?? before) && { ':edge': after ?? before }) },
          Limit: limit,
        }),
      );
      meter?.read({ pk, sk: after ?? '' }, unitsOf(ConsumedCapacity));
      return Items ?? [];
    },
    async put(item, condition) {
      const input: PutCommandInput = { ...common, Item: item };
      if (condition) {
        input.ConditionExpression = condition.expression;
        if (condition.names) input.ExpressionAttributeNames = condition.names;
        if (condition.values) input.ExpressionAttributeValues = condition.values;
      }
      const output = await unlessConditionFails(documents.send(new PutCommand(input)));
      meter?.wrote(
        { pk: item.pk, sk: item.sk },
        output ? unitsOf(output.ConsumedCapacity) : FAILED_WRITE_UNITS,
      );
      return output !== undefined;
    },
    async update(key, change) {
      const input: UpdateCommandInput = {
        ...common,
        Key: key,
        UpdateExpression: change.update,
        ReturnValues: 'UPDATED_NEW',
      };
      if (change.condition) input.ConditionExpression = change.condition;
      if (change.names) input.ExpressionAttributeNames = change.names;
      if (change.values) input.ExpressionAttributeValues = change.values;
      const output = await unlessConditionFails(documents.send(new UpdateCommand(input)));
      meter?.wrote(key, output ? unitsOf(output.ConsumedCapacity) : FAILED_WRITE_UNITS);
      return output && (output.Attributes ?? {});
    },
    async delete(key) {
      const { ConsumedCapacity } = await documents.send(new DeleteCommand({ ...common, Key: key }));
      meter?.wrote(key, unitsOf(ConsumedCapacity));
    },
  };
}

function unitsOf(consumed: ConsumedCapacity | undefined): number {
  return consumed?.CapacityUnits ?? 0;
}

async function unlessConditionFails<Output>(sent: Promise<Output>): Promise<Output | undefined> {
  try {
    return await sent;
  } catch (error) {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
  }
}
