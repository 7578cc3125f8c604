import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { LocalService } from '../../infra/local/account/local-service.ts';
import { serviceOf } from '../../infra/local/gateway.ts';

/** A request as the service got it. */
export interface ServedRequest {
  /** As the gateway tells it: `kms`, `s3-control`… */
  readonly service: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** `X-Amz-Target`, where there is one. */
  readonly target: string;
  readonly body: string;
}

/** One endpoint of several emulated services. */
export interface LocalServicesEndpoint {
  readonly endpoint: string;
  /** All requests so far, in order. */
  readonly requests: ServedRequest[];
  close(): Promise<void>;
}

/** Serves emulated services by the names that the gateway has for them, on the loopback interface. */
export async function startLocalServices(
  services: Readonly<Record<string, LocalService>>,
): Promise<LocalServicesEndpoint> {
  const requests: ServedRequest[] = [];
  const server = createServer(async (incoming, outgoing) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]),
    );
    const { method = 'GET', url = '/' } = incoming;
    const service = serviceOf(incoming);
    const [, accessKeyId = '', region = ''] =
      /Credential=([^/]+)\/\d{8}\/([^/]+)\//.exec(headers['authorization'] ?? '') ?? [];
    const target = headers['x-amz-target'] ?? '';
    requests.push({ service, region, accessKeyId, method, url, headers, target, body });
    const answer = (await services[service]?.({ method, url, headers, body, region })) ?? {
      status: 501,
      body: `No ${service} here`,
    };
    outgoing.writeHead(answer.status, { ...answer.headers });
    outgoing.end(answer.body);
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
