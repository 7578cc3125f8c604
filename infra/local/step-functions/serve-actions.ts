import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { readBody } from '../read-body.ts';

/** An answer in AWS JSON 1.0. */
export interface ActionAnswer {
  readonly status: number;
  readonly body: object;
}

export interface ActionServer {
  /** `http://127.0.0.1:<port>` */
  readonly endpoint: string;
  close(): Promise<void>;
}

/**
 * Serves Step Functions' actions in AWS JSON 1.0 on 127.0.0.1.
 * https://smithy.io/2.0/aws/protocols/aws-json-1_0-protocol.html
 *
 * @param port 0 takes any free one.
 */
export async function serveActions(
  handle: (action: string, text: string) => Promise<ActionAnswer>,
  port: number,
): Promise<ActionServer> {
  const answer = async (request: IncomingMessage): Promise<ActionAnswer> => {
    const action = String(request.headers['x-amz-target']).replace(/^AWSStepFunctions\./u, '');
    try {
      return await handle(action, await readBody(request));
    } catch (error) {
      return { status: 500, body: { __type: 'InternalFailure', message: String(error) } };
    }
  };
  const server = createServer(async (request, response) => {
    const { status, body } = await answer(request);
    response.writeHead(status, {
      'content-type': 'application/x-amz-json-1.0',
      'x-amzn-requestid': randomUUID(),
    });
    response.end(JSON.stringify(body));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      const closed = new Promise(resolve => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}
