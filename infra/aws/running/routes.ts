import { Duration } from 'aws-cdk-lib';
import { WebSocketRoute } from 'aws-cdk-lib/aws-apigatewayv2';
import { WebSocketLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { Gateway } from '../lasting/gateway.ts';
import { explain } from '../nag.ts';

/** What answers at the socket's address. */
export class Routes extends Construct {
  constructor(scope: Construct, id: string, { gateway, socket }: { gateway: Gateway; socket: IFunction }) {
    super(scope, id);
    for (const [name, routeKey] of Object.entries({
      OnConnect: '$connect',
      OnDisconnect: '$disconnect',
      OnMessage: '$default',
    })) {
      const route = new WebSocketRoute(this, name, {
        webSocketApi: gateway.api,
        routeKey,
        integration: new WebSocketLambdaIntegration(name, socket, { timeout: Duration.seconds(29) }),
        // What the handler returns goes to the sender as a frame.
        returnResponse: routeKey === '$default',
      });
      explain(route, {
        'AwsSolutions-APIG4':
          'Browsers cannot set headers on a WebSocket, and a query would end up in logs: who somebody is they say in their first message, and whoever says anything else first is cut.',
      });
    }
  }
}
