import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { buildApp } from 'fauxqs';

/** The emulators that are npm packages, on free ports of 127.0.0.1. */
export interface Emulators {
  /** SQS and SNS: `fauxqs`. */
  readonly messaging: string;
  /** DynamoDB: `dynalite`. */
  readonly tables: string;
  stop(): Promise<void>;
}

/** Starts the emulators in this process; they keep everything in memory. */
export async function startEmulators(region: string): Promise<Emulators> {
  // `startFauxqs` would listen on every interface of the machine.
  const fauxqs = buildApp({ logger: false, defaultRegion: region });
  const tables = dynalite({ createTableMs: 0, deleteTableMs: 0, updateTableMs: 0 });
  // The gateway may take up a connection just when Node's 5 seconds are over; the call would fail.
  tables.keepAliveTimeout = 600_000;
  const [messagingEndpoint, tablesEndpoint] = await Promise.all([
    fauxqs.listen({ port: 0, host: '127.0.0.1' }),
    listen(tables),
  ]);
  return {
    messaging: messagingEndpoint,
    tables: tablesEndpoint,
    stop: async () => {
      await Promise.all([fauxqs.close(), close(tables)]);
    },
  };
}

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>(resolve => server.close(() => resolve()));
  server.closeAllConnections();
  await closed;
}
