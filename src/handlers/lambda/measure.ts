import type { Metrics } from '@aws-lambda-powertools/metrics';
import { type MetricName, metricUnits } from './emitted-metrics.env.ts';

/** Adds one value to a metric, in the metric's own unit. Alarms and dashboards take the name from the same list. */
export function measure(metrics: Pick<Metrics, 'addMetric'>, name: MetricName, value = 1): void {
  metrics.addMetric(name, metricUnits[name], value);
}
