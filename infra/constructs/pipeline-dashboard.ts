import { Aws, Duration } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IAlarm,
  type IMetric,
  type IWidget,
  LogQueryWidget,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { DeployedNames } from './deployed-names.ts';
import { PipelineMetrics } from './pipeline-metrics.ts';
import { isError } from './saved-queries.ts';

export interface PipelineDashboardProps {
  readonly environmentName: string;
  /** What it shows, beside what the functions measure themselves. */
  readonly names: DeployedNames;
  /** Shown with their states. */
  readonly alarms: readonly IAlarm[];
  /** Period of what is counted. @default Duration.minutes(5) */
  readonly period?: Duration;
}

const wide = 24;
const half = 12;
const third = 8;
const day = Duration.days(1);

/**
 * What came in, what was refused and why, what was delivered, how long it took, and what stands in the way: one page, from
 * the alarms down to the errors in the logs.
 */
export class PipelineDashboard extends Construct {
  readonly dashboard: Dashboard;
  private readonly metrics: PipelineMetrics;
  private readonly names: DeployedNames;
  private readonly period: Duration;

  constructor(scope: Construct, id: string, props: PipelineDashboardProps) {
    super(scope, id);
    const { environmentName, names, alarms } = props;
    this.period = props.period ?? Duration.minutes(5);
    this.names = names;
    this.metrics = new PipelineMetrics(this, environmentName, this.period);
    this.dashboard = new Dashboard(this, 'Dashboard', {
      dashboardName: `sallyport-${environmentName}`,
      defaultInterval: day,
      widgets: [
        [
          new TextWidget({
            width: wide,
            height: 2,
            markdown: `# Sallyport ${environmentName}\nMade by the stack sallyport-observability-${environmentName}, which replaces what is changed here by hand.`,
          }),
        ],
        [new AlarmStatusWidget({ title: 'Alarms', alarms: [...alarms], width: wide, height: 4 })],
        ...this.uploads(),
        ...this.documents(),
        ...this.otherFlows(environmentName),
        ...this.latencies(),
        ...this.machinery(),
        ...this.storage(environmentName),
        [
          new LogQueryWidget({
            title: 'Recent errors',
            logGroupNames: names.logGroups.filter(name => name.startsWith('/aws/lambda/')),
            queryLines: [
              'fields @timestamp, service, message, error.message',
              `filter ${isError}`,
              'sort @timestamp desc',
              'limit 50',
            ],
            region: Aws.REGION,
            width: wide,
            height: 8,
          }),
        ],
      ],
    });
  }

  private uploads(): IWidget[][] {
    const { metrics } = this;
    const trigger = 'intake-trigger';
    return [
      [
        this.graph('Uploads that came in', third, [
          metrics.own(trigger, 'UploadsAdmitted'),
          metrics.own(trigger, 'UploadsRefused'),
          metrics.own('upload-writer', 'UploadsRecorded'),
        ]),
        this.graph('Uploads refused, by reason', third, [metrics.refusedByCode()]),
        this.graph('Bytes recorded', third, [metrics.own('upload-writer', 'UploadBytes')]),
      ],
    ];
  }

  private documents(): IWidget[][] {
    const { metrics } = this;
    const processor = 'document-processor';
    return [
      [
        this.graph('Documents delivered and quarantined', half, [
          metrics.own(processor, 'DocumentsDelivered'),
          metrics.own(processor, 'DocumentsQuarantined'),
          metrics.own(processor, 'DocumentsSuperseded'),
          metrics.own(processor, 'DocumentsFailed'),
        ]),
        this.graph('Verdicts on documents', half, [
          metrics.own(processor, 'DocumentsCompliant'),
          metrics.own(processor, 'DocumentsNonCompliant'),
          metrics.own(processor, 'DocumentsIndeterminate'),
          metrics.own(processor, 'DocumentsInvalid'),
        ]),
      ],
    ];
  }

  private otherFlows(environmentName: string): IWidget[][] {
    const { metrics } = this;
    const [ingestor, analyzer, verifier, scanner, remediator] = [
      'record-ingestor',
      'trail-analyzer',
      'trail-verifier',
      'compliance-scanner',
      'finding-remediator',
    ] as const;
    const api = [`sallyport-documents-${environmentName}`, 'v1'] as const;
    const daily = { statistic: 'Maximum', period: day };
    return [
      [
        this.graph('Records', third, [
          metrics.own(ingestor, 'RecordsIngested'),
          metrics.own(ingestor, 'RecordsRejected'),
          metrics.own(ingestor, 'RecordsRepeated'),
        ]),
        this.graph('CloudTrail records, and those that rules match', third, [
          metrics.own(analyzer, 'TrailRecords'),
          metrics.own(analyzer, 'TrailMatches'),
          metrics.own(analyzer, 'TrailAlerts'),
        ]),
        this.graph('Document API', third, [
          metrics.ofApi(...api, 'Count'),
          metrics.ofApi(...api, '4XXError'),
          metrics.ofApi(...api, '5XXError'),
        ]),
      ],
      [
        this.graph('CloudTrail files, by what their digests prove', third, [
          metrics.own(verifier, 'TrailFilesVerified', daily),
          metrics.own(verifier, 'TrailFilesTampered', daily),
          metrics.own(verifier, 'TrailFilesMissing', daily),
          metrics.own(verifier, 'TrailFilesUnverifiable', daily),
        ]),
        this.graph('Compliance: resources, by day', third, [
          metrics.own(scanner, 'ComplianceFailures', daily),
          metrics.own(scanner, 'ComplianceNotJudged', daily),
          metrics.own(scanner, 'ComplianceExempt', daily),
        ]),
        this.graph('Findings, and what was done about them', third, [
          metrics.own(remediator, 'FindingsPlanned'),
          metrics.own(remediator, 'FindingsContained'),
          metrics.own(remediator, 'FindingsPartiallyContained'),
          metrics.own(remediator, 'FindingsNotified'),
          metrics.own(remediator, 'FindingsExempt'),
          metrics.own(remediator, 'RemediationsFailed'),
          metrics.own(remediator, 'ContainmentsRolledBack'),
        ]),
      ],
    ];
  }

  private latencies(): IWidget[][] {
    const { metrics } = this;
    const percentiles = ['p50', 'p95', 'p99'];
    const each = (measure: (statistic: string) => IMetric) => percentiles.map(measure);
    const graphs: [title: string, metrics: IMetric[]][] = [
      [
        'Admitting an upload',
        each(statistic => metrics.own('intake-trigger', 'IntakeDuration', { statistic })),
      ],
      [
        'Recording an upload',
        each(statistic => metrics.own('upload-writer', 'RecordingDuration', { statistic })),
      ],
      [
        'Judging and moving a document',
        each(statistic => metrics.own('document-processor', 'DocumentProcessingDuration', { statistic })),
      ],
      [
        'Ingesting a file of records',
        each(statistic => metrics.own('record-ingestor', 'RecordIngestionDuration', { statistic })),
      ],
      [
        'Analyzing a CloudTrail log',
        each(statistic => metrics.own('trail-analyzer', 'TrailAnalysisDuration', { statistic })),
      ],
      [
        'Answering an API request',
        (
          ['document-validator', 'document-encryptor', 'document-scanner', 'upload-url-issuer'] as const
        ).flatMap(service =>
          each(statistic => metrics.own(service, 'DocumentRequestDuration', { statistic })),
        ),
      ],
      [
        'Dealing with a finding',
        each(statistic => metrics.own('finding-remediator', 'RemediationDuration', { statistic })),
      ],
    ];
    const widgets = graphs.map(([title, of]) => this.graph(`${title}, milliseconds`, third, of));
    return [widgets];
  }

  private machinery(): IWidget[][] {
    const { metrics, names } = this;
    const ofFunctions = (name: 'Invocations' | 'Errors' | 'Throttles' | 'Duration', statistic: string) =>
      names.functions.map(functionName => metrics.ofFunction(functionName, name, statistic));
    return [
      [
        this.graph('Lambda invocations', half, ofFunctions('Invocations', 'Sum')),
        this.graph('Lambda errors', half, ofFunctions('Errors', 'Sum')),
        this.graph('Lambda throttles', half, ofFunctions('Throttles', 'Sum')),
        this.graph('Lambda duration, milliseconds on average', half, ofFunctions('Duration', 'Average')),
      ],
      [
        this.graph(
          'Age of the oldest message, seconds',
          third,
          names.queues.map(queue => metrics.ofQueue(queue, 'ApproximateAgeOfOldestMessage')),
        ),
        this.graph(
          'Messages in dead-letter queues',
          third,
          names.deadLetterQueues.map(queue => metrics.ofQueue(queue, 'ApproximateNumberOfMessagesVisible')),
        ),
        this.graph(
          'Workflows',
          third,
          names.stateMachines.flatMap(machine =>
            (['ExecutionsStarted', 'ExecutionsSucceeded', 'ExecutionsFailed'] as const).map(metric =>
              metrics.ofStateMachine(machine, metric),
            ),
          ),
        ),
      ],
    ];
  }

  private storage(environmentName: string): IWidget[][] {
    const { metrics, names } = this;
    const ofBuckets = (metricName: 'BucketSizeBytes' | 'NumberOfObjects') =>
      names.buckets.map(bucket => metrics.ofStorage(bucket, metricName, day));
    const bucket = (purpose: string) => `sallyport-${purpose}-${environmentName}-${Aws.ACCOUNT_ID}`;
    const requests = names.measuredBuckets.flatMap(name =>
      (['4xxErrors', '5xxErrors'] as const).map(metricName => metrics.ofRequests(name, metricName)),
    );
    return [
      [
        this.graph('Bytes in buckets', half, ofBuckets('BucketSizeBytes')),
        this.graph('Objects in buckets', half, ofBuckets('NumberOfObjects')),
      ],
      [
        ...(requests.length === 0 ? [] : [this.graph('Requests that S3 did not grant', half, requests)]),
        this.graph('Replicas behind their sources, seconds', half, [
          metrics.ofReplication(bucket('uploads'), bucket('internal-processing'), 'ReplicateAllUploads'),
          metrics.ofReplication(bucket('processed-output'), bucket('delivery'), 'ReplicateProcessedFiles'),
        ]),
      ],
    ];
  }

  private graph(title: string, width: number, left: readonly IMetric[]): GraphWidget {
    return new GraphWidget({ title, width, height: 6, left: [...left], region: Aws.REGION });
  }
}
