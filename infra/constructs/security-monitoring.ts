import { Aws, Duration } from 'aws-cdk-lib';
import type { CfnRule } from 'aws-cdk-lib/aws-events';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import { ConfigRules } from './config-rules.ts';
import { ConfigurationRecorder } from './configuration-recorder.ts';
import { ConfiguredParts } from './configured-parts.ts';
import { EventAlertRule, type EventAlertRuleProps } from './event-alert-rule.ts';
import type { FlowProps } from './flow-props.ts';
import { pipelineResources } from './pipeline-resources.ts';
import { ThreatDetector } from './threat-detector.ts';

export type SecurityMonitoringProps = Omit<FlowProps, 'network' | 'bundles'>;

/**
 * What AWS watches the account with: Config records and judges it, GuardDuty looks for threats. Each part of which an
 * account has but one is a switch. Findings are answered elsewhere (`FindingResponse`); what does not comply is told here.
 */
export class SecurityMonitoring extends Construct {
  /** Absent where none is created, as are the others. */
  readonly recorder: ConfigurationRecorder | undefined;
  readonly rules: ConfigRules | undefined;
  readonly detector: ThreatDetector | undefined;
  /** Absent where there is nothing to tell: GuardDuty's findings go to whom they are for by themselves. */
  readonly alerts: AlertTopic | undefined;

  constructor(scope: Construct, id: string, props: SecurityMonitoringProps) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'security-monitoring', props);
    const { configuration, environmentName, removalPolicy } = parts;
    if (configuration.createConfigRecorder) {
      const expiry = Duration.days(configuration.configExpiryDays);
      this.recorder = new ConfigurationRecorder(this, 'Recorder', {
        environmentName,
        encryptionKey: parts.key('config', 'ConfigKey'),
        accessLogs: parts.accessLogs('config-access-logs', 'ConfigAccessLogBucket', expiry).bucket,
        createRole: configuration.createConfigRole,
        snapshotHours: configuration.configSnapshotHours,
        expiry,
        removalPolicy,
      });
    }
    if (configuration.configRules) {
      const { recorder } = this;
      this.rules = new ConfigRules(this, 'Rules', {
        environmentName,
        ...(recorder === undefined ? {} : { recorder: [recorder.recorder, recorder.deliveryChannel] }),
      });
    }
    if (configuration.createThreatDetector) {
      this.detector = new ThreatDetector(this, 'Detector', {
        publishingMinutes: configuration.findingPublishingMinutes,
        features: configuration.threatDetectorFeatures,
      });
    }
    if (this.recorder !== undefined || this.rules !== undefined) this.alerts = this.tellPeople(parts);
  }

  private tellPeople(parts: ConfiguredParts): AlertTopic {
    const { alarmPeriod, environmentName, removalPolicy } = parts;
    const alertTopic = parts.alertTopic(
      'security-monitoring-alerts',
      'SecurityMonitoringAlertTopic',
      'SecurityMonitoringAlertsKey',
    );
    alertTopic.allowEventRules();
    const queueKey = parts.key('security-monitoring-queues', 'SecurityMonitoringQueuesKey');
    const shared = { environmentName, alertTopic, queueKey, alarmPeriod, removalPolicy };
    if (this.rules !== undefined) {
      new EventAlertRule(this, 'Noncompliance', { ...shared, ...noncompliance(this.rules, environmentName) });
    }
    if (this.recorder !== undefined) {
      new EventAlertRule(this, 'UndeliveredSnapshots', { ...shared, ...undeliveredSnapshots });
    }
    return alertTopic;
  }
}

type Telling = Pick<EventAlertRuleProps, 'purpose' | 'logicalId' | 'description' | 'eventPattern' | 'alert'>;

/**
 * A resource that has come to break a rule. Buckets of access logs are known to break one: nobody is called for what
 * AWS does not allow to be otherwise.
 */
function noncompliance({ names }: ConfigRules, environmentName: string): Telling {
  const { 'bucket-kms': bucketKms, ...others } = names;
  const accessLogBuckets = pipelineResources.accessLogBuckets.map(
    purpose => `sallyport-${purpose}-${environmentName}-${Aws.ACCOUNT_ID}`,
  );
  const eventPattern: CfnRule['eventPattern'] = {
    source: ['aws.config'],
    'detail-type': ['Config Rules Compliance Change'],
    detail: {
      messageType: ['ComplianceChangeNotification'],
      newEvaluationResult: { complianceType: ['NON_COMPLIANT'] },
      $or: [
        { configRuleName: Object.values(others) },
        { configRuleName: [bucketKms], resourceId: [{ 'anything-but': accessLogBuckets }] },
      ],
    },
  };
  return {
    purpose: 'noncompliance',
    logicalId: 'NoncomplianceDeadLetterQueue',
    description: "Resources that have come to break one of Sallyport's rules of AWS Config.",
    eventPattern,
    alert: {
      kind: 'config.noncompliant',
      severity: 'medium',
      title: 'A resource breaks the rule <rule>',
      text: 'AWS Config: <type> <resource> in <region> of account <account> does not comply with the rule <rule> since <time>. What the rule asks for is its description.',
      details: {
        rule: '$.detail.configRuleName',
        type: '$.detail.resourceType',
        resource: '$.detail.resourceId',
        account: '$.detail.awsAccountId',
        region: '$.detail.awsRegion',
      },
    },
  };
}

/** AWS Config Developer Guide, "Notifications that AWS Config sends": the message types of a snapshot's delivery. */
const undeliveredSnapshots: Telling = {
  purpose: 'undelivered-snapshots',
  logicalId: 'UndeliveredSnapshotsDeadLetterQueue',
  description: 'Snapshots that AWS Config could not deliver.',
  eventPattern: {
    source: ['aws.config'],
    'detail-type': ['Config Configuration Snapshot Delivery Status'],
    detail: { messageType: ['ConfigurationSnapshotDeliveryFailed'] },
  },
  alert: {
    kind: 'config.delivery-failed',
    severity: 'high',
    title: 'AWS Config could not deliver a snapshot',
    text: 'AWS Config in <region> of account <account> could not deliver a snapshot at <time>. The policies of its bucket and key must let it in; the status of its delivery channel says what it ran into.',
    details: { account: '$.account', region: '$.region' },
  },
};
