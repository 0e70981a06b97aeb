import {
  CreateTableCommand,
  DescribeTableCommand,
  DynamoDBClient,
  ResourceInUseException,
  ResourceNotFoundException,
  waitUntilTableExists,
} from '@aws-sdk/client-dynamodb';
import { TABLE_SCHEMA } from '../../../functions/table/keys.ts';
import { reasonOf } from '../reason.ts';

const READY_WITHIN_S = 30;
/** Each of the SDK's three attempts. Without it, an address that swallows all packets would be waited for for ever. */
const ANSWER_WITHIN_MS = 5_000;

/**
 * Makes the table if it is not there.
 *
 * @throws an Error that names the table and says why, the SDK's own where it has no credentials.
 */
export async function createTable(
  tableName: string,
  region: string,
  endpoint: string,
  answerWithinMs = ANSWER_WITHIN_MS,
): Promise<void> {
  const client = new DynamoDBClient({
    region,
    endpoint,
    requestHandler: { requestTimeout: answerWithinMs, throwOnRequestTimeout: true },
  });
  try {
    await client.send(new DescribeTableCommand({ TableName: tableName })).catch((error) => {
      if (!(error instanceof ResourceNotFoundException)) throw error;
      return create(client, tableName);
    });
    await waitUntilTableExists(
      { client, maxWaitTime: READY_WITHIN_S, minDelay: 1, maxDelay: 1 },
      { TableName: tableName },
    );
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'CredentialsProviderError') throw cause;
    throw new Error(`the table ${tableName} at ${endpoint} is not to be had: ${reasonOf(cause)}`, { cause });
  } finally {
    client.destroy();
  }
}

async function create(client: DynamoDBClient, tableName: string): Promise<void> {
  const { partitionKey, sortKey } = TABLE_SCHEMA;
  try {
    await client.send(
      new CreateTableCommand({
        TableName: tableName,
        BillingMode: 'PAY_PER_REQUEST',
        AttributeDefinitions: [
          { AttributeName: partitionKey, AttributeType: 'S' },
          { AttributeName: sortKey, AttributeType: 'S' },
        ],
        KeySchema: [
          { AttributeName: partitionKey, KeyType: 'HASH' },
          { AttributeName: sortKey, KeyType: 'RANGE' },
        ],
      }),
    );
  } catch (error) {
    if (!(error instanceof ResourceInUseException)) throw error;
  }
}
