import { ArnFormat, Stack } from 'aws-cdk-lib';
import { Alarm } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { AlertTopic } from './alert-topic.ts';
import { ConfiguredParts } from './configured-parts.ts';
import { deployedNames } from './deployed-names.ts';
import type { FlowProps } from './flow-props.ts';
import { PipelineDashboard } from './pipeline-dashboard.ts';
import { SavedQueries } from './saved-queries.ts';
import { UnhealthyAlarm } from './unhealthy-alarm.ts';

export interface PipelineObservabilityProps
  extends Pick<FlowProps, 'configuration' | 'existingKey' | 'existingAlertTopic'> {
  /** Stacks, or parts of them, whose names and alarms are known by now: what is added to them later is not seen. */
  readonly watched: readonly Construct[];
}

/**
 * One look at the whole pipeline: the alarm that says whether it is well, the dashboard, the saved queries. It knows
 * everything by name, and refers to nothing: what is replaced elsewhere leaves it as it is.
 */
export class PipelineObservability extends Construct {
  readonly alerts: AlertTopic;
  readonly unhealthy: UnhealthyAlarm;
  /** Absent where the configuration asks for none. */
  readonly dashboard: PipelineDashboard | undefined;
  readonly queries: SavedQueries;

  constructor(scope: Construct, id: string, { watched, ...props }: PipelineObservabilityProps) {
    super(scope, id);
    const parts = new ConfiguredParts(this, 'observability', props);
    const { configuration, environmentName, alarmPeriod: period } = parts;
    const names = deployedNames(watched);
    this.alerts = parts.alertTopic('pipeline-alerts', 'PipelineAlertTopic', 'PipelineAlertsKey');
    this.unhealthy = new UnhealthyAlarm(this, 'Unhealthy', {
      what: 'pipeline',
      environmentName,
      // Its own part: alerts on the pipeline that do not arrive.
      watched: [...watched, this],
      alertTopic: this.alerts,
    });
    const alarms = [this.unhealthy.alarmName, ...this.unhealthy.children].map((name, place) =>
      Alarm.fromAlarmArn(this, `Shown${place}`, this.arnOfAlarm(name)),
    );
    this.dashboard = configuration.createDashboard
      ? new PipelineDashboard(this, 'Dashboard', { environmentName, names, alarms, period })
      : undefined;
    this.queries = new SavedQueries(this, 'Queries', { environmentName, logGroups: names.logGroups });
  }

  private arnOfAlarm(name: string): string {
    return Stack.of(this).formatArn({
      service: 'cloudwatch',
      resource: 'alarm',
      resourceName: name,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
  }
}
