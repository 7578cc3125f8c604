import { Stage } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { TrailAnalyzerEnvironment } from '../../src/handlers/lambda/trail-analyzer.env.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { ConfiguredParts, ServiceChoices } from './configured-parts.ts';
import type { DataBucket } from './data-bucket.ts';
import type { LambdaService } from './lambda-service.ts';
import { stageTrailRules } from './stage-trail-rules.ts';
import type { TrailRulesBucket } from './trail-rules-bucket.ts';
import type { TrailSummaries } from './trail-summaries.ts';
import type { TrailTables } from './trail-tables.ts';

export interface TrailAnalyzingFunctionsProps {
  readonly parts: ConfiguredParts;
  /** Takes CloudTrail's logs. */
  readonly logs: DataBucket;
  /** @default - the rules of the deployment alone */
  readonly rules: TrailRulesBucket | undefined;
  readonly tables: TrailTables;
  readonly summaries: TrailSummaries;
  readonly alertTopic: AlertTopic;
}

/** Makes the functions that analyze logs: what each is given, and may do with a log, is the same. */
export class TrailAnalyzingFunctions {
  private readonly scope: Construct;
  private readonly props: TrailAnalyzingFunctionsProps;

  constructor(scope: Construct, props: TrailAnalyzingFunctionsProps) {
    this.scope = scope;
    this.props = props;
  }

  /** One more, with the bundle of its service's name, and variables of its own beside the shared ones. */
  make(id: string, choices: Omit<ServiceChoices, 'bundle'>): LambdaService {
    const { parts, logs, rules, tables, summaries, alertTopic } = this.props;
    const { configuration } = parts;
    const staged = stageTrailRules(
      configuration.trailRules,
      parts.bundleOf(choices.serviceName),
      Stage.of(this.scope)?.outdir ?? 'cdk.out',
    );
    const shared = {
      TRAIL_RULES: staged.source,
      TRAIL_EVENTS_TABLE_NAME: tables.eventsTable.table.tableName,
      TRAIL_EVENT_RETENTION_DAYS: String(configuration.trailEventRetentionDays),
      TRAIL_ALERT_WINDOWS_TABLE_NAME: summaries.windowsTable.table.tableName,
      TRAIL_ALERT_WINDOW_MINUTES: String(configuration.trailAlertWindowMinutes),
      AUDIT_TABLE_NAME: tables.auditTable.table.tableName,
      ALERT_TOPIC_ARN: alertTopic.topic.topicArn,
      ...(rules === undefined ? {} : rulesOf(rules, configuration.trailRulesRefreshSeconds)),
    } satisfies { [Name in keyof TrailAnalyzerEnvironment]?: string };
    const service = parts.service(id, alertTopic, {
      ...choices,
      bundle: staged.bundle,
      environment: { ...shared, ...choices.environment },
    });
    logs.grantRead(service);
    rules?.grantUse(service);
    tables.eventsTable.grantItems(service, ['dynamodb:GetItem', 'dynamodb:UpdateItem']);
    summaries.grantGather(service);
    tables.auditTable.grantItems(service, ['dynamodb:PutItem', 'dynamodb:GetItem']);
    alertTopic.grantPublish(service);
    return service;
  }
}

const rulesOf = (rules: TrailRulesBucket, refreshSeconds: number) => ({
  TRAIL_RULES_OBJECT: rules.objectUrl,
  TRAIL_RULES_REFRESH_SECONDS: String(refreshSeconds),
});
