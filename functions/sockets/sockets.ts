import {
  ApiGatewayManagementApiClient,
  DeleteConnectionCommand,
  GetConnectionCommand,
  GoneException,
  PostToConnectionCommand,
} from '@aws-sdk/client-apigatewaymanagementapi';
import type { Log, Sockets } from '../ports.ts';

/** Frames to connections through API Gateway's management API. */
export function makeSockets(options: { region: string; endpoint: string; log: Log }): Sockets {
  const client = new ApiGatewayManagementApiClient({ region: options.region, endpoint: options.endpoint });
  return {
    async post(connection, frame) {
      try {
        await client.send(new PostToConnectionCommand({ ConnectionId: connection, Data: frame }));
        return 'sent';
      } catch (error) {
        if (error instanceof GoneException) return 'gone';
        options.log({
          kind: 'post-failed',
          connection,
          error: error instanceof Error ? error.name : 'unknown',
        });
        return 'failed';
      }
    },
    async close(connection) {
      try {
        await client.send(new DeleteConnectionCommand({ ConnectionId: connection }));
      } catch (error) {
        if (!(error instanceof GoneException)) throw error;
      }
    },
    async isThere(connection) {
      try {
        await client.send(new GetConnectionCommand({ ConnectionId: connection }));
        return true;
      } catch (error) {
        if (error instanceof GoneException) return false;
        throw error;
      }
    },
  };
}
