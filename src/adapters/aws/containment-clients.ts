import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client, type EC2ClientConfig } from '@aws-sdk/client-ec2';
import { ElasticLoadBalancingV2Client } from '@aws-sdk/client-elastic-load-balancing-v2';
import { S3Client } from '@aws-sdk/client-s3';
import type { ContainmentClients } from './aws-containment.ts';

export interface ContainmentClientsOptions {
  /** Settings that all clients share. */
  readonly settings: Pick<EC2ClientConfig, 'maxAttempts' | 'requestHandler'>;
  /** Done to each client, for example tracing it. */
  readonly prepared?: <Client extends { destroy(): void }>(client: Client) => Client;
}

/** The clients of each region, made when it is first asked for. */
export function containmentClients({
  settings,
  prepared = client => client,
}: ContainmentClientsOptions): (region: string) => ContainmentClients {
  const known = new Map<string, ContainmentClients>();
  return region => {
    const clients = known.get(region) ?? {
      ec2: prepared(new EC2Client({ ...settings, region })),
      autoScaling: prepared(new AutoScalingClient({ ...settings, region })),
      loadBalancing: prepared(new ElasticLoadBalancingV2Client({ ...settings, region })),
      s3: prepared(new S3Client({ ...settings, region })),
    };
    known.set(region, clients);
    return clients;
  };
}
