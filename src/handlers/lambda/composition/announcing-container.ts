import { SNSClient } from '@aws-sdk/client-sns';
import { SnsAlertChannel } from '../../../adapters/aws/sns-alert-channel.ts';
import type { Telemetry } from '../telemetry.ts';
import { auditingContainer } from './auditing-container.ts';
import { awsClientSettings } from './aws-client-settings.ts';
import { tokens } from './tokens.ts';
import type { TracedContainer } from './traced-container.ts';

/** What every function that audits and announces begins with: clock, document client, audit log and alert channel. */
export function announcingContainer(
  environment: { readonly AUDIT_TABLE_NAME: string; readonly ALERT_TOPIC_ARN: string },
  telemetry: Pick<Telemetry, 'tracer'>,
): TracedContainer {
  const { container, traced } = auditingContainer(environment, telemetry);
  container.bind(tokens.alertChannel).toResolvedValue(
    () =>
      new SnsAlertChannel({
        client: traced(new SNSClient(awsClientSettings)),
        topicArn: environment.ALERT_TOPIC_ARN,
      }),
  );
  return { container, traced };
}
