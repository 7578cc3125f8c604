import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface CannedAnswer {
  readonly status: number;
  readonly body: string;
}

/** An endpoint that answers what no emulator can be brought to say. */
export interface CannedEndpoint {
  readonly endpoint: string;
  /** The bodies of the requests so far. */
  readonly requests: readonly string[];
  close(): Promise<void>;
}

/** Gives the answers in turn, and the last one ever after. */
export async function startCannedAnswers(...answers: readonly CannedAnswer[]): Promise<CannedEndpoint> {
  const requests: string[] = [];
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const answer = answers[Math.min(requests.length, answers.length - 1)];
    requests.push(Buffer.concat(chunks).toString());
    response.writeHead(answer?.status ?? 500, { 'content-type': 'application/x-amz-json-1.0' });
    response.end(answer?.body);
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: async () => {
      server.closeAllConnections();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

/** An answer in the JSON protocols of DynamoDB and Step Functions. */
export function jsonAnswer(status: number, body: object): CannedAnswer {
  return { status, body: JSON.stringify(body) };
}
