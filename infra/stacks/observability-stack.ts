import { CfnOutput, Stack, type StackProps } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import type { Configuration } from '../config/configuration.ts';
import { PipelineObservability } from '../constructs/pipeline-observability.ts';

export interface ObservabilityStackProps extends StackProps {
  readonly configuration: Configuration;
  /** The stacks of the pipeline. */
  readonly watched: readonly Stack[];
}

/** The reference deployment of what shows the whole pipeline; the last to go up, and the first to come down. */
export class ObservabilityStack extends Stack {
  readonly observability: PipelineObservability;

  constructor(scope: Construct, id: string, { configuration, watched, ...props }: ObservabilityStackProps) {
    super(scope, id, props);
    this.observability = new PipelineObservability(this, 'Observability', { configuration, watched });
    for (const stack of watched) this.addStackDependency(stack);
    const { alerts, unhealthy, dashboard } = this.observability;
    const outputs: Record<string, [value: string, description: string]> = {
      PipelineAlertTopicArn: [
        alerts.topic.topicArn,
        'Announces that the pipeline is unhealthy, and well again.',
      ],
      PipelineUnhealthyAlarmName: [unhealthy.alarm.alarmName, 'Raised while any alarm of the pipeline is.'],
      ...(dashboard === undefined
        ? {}
        : { DashboardName: [dashboard.dashboard.dashboardName, 'The whole pipeline on one page.'] }),
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}
