import type { LocalPipeline } from './local-pipeline.ts';

/** Where files go in, by the outputs that name bucket and key; a bucket that demands no key of its own has none. */
const entrances: readonly {
  readonly bucket: string;
  readonly key?: string;
  readonly file: string;
  /** What curl has to declare; the AWS CLI tells it by the file's name. */
  readonly type?: string;
}[] = [
  { bucket: 'UploadsBucketName', key: 'UploadsKeyArn', file: './letter.txt', type: 'text/plain' },
  { bucket: 'TrailLogBucketName', file: './log.json.gz' },
  { bucket: 'DocumentsBucketName', key: 'DocumentsKeyArn', file: './offer.pdf', type: 'application/pdf' },
  { bucket: 'RecordsBucketName', key: 'RecordsKeyArn', file: './records.json' },
];

/** Where files come out. */
const exits = ['UploadsBucketName', 'DeliveryBucketName', 'QuarantineBucketName', 'ComplianceLogBucketName'];

/** What is recorded. */
const tables = [
  'UploadsTableName',
  'TrailEventsTableName',
  'ProcessedRecordsTableName',
  'RemediationsTableName',
];

/** Commands for the AWS CLI, curl and our own that work as they stand, in groups with a heading each. */
export function pasteableCommands({
  endpoint,
  region,
  outputs,
  client,
  apis,
  scheduledRules,
  accountId,
}: Pick<
  LocalPipeline,
  'endpoint' | 'region' | 'outputs' | 'client' | 'apis' | 'scheduledRules' | 'accountId'
>): readonly (readonly string[])[] {
  const aws = `aws --endpoint-url ${endpoint}`;
  const { accessKeyId, secretAccessKey } = client.credentials;
  const credentials =
    `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}` + ` AWS_REGION=${region}`;
  const present = (names: readonly string[]): string[] => names.flatMap(name => outputs[name] ?? []);
  const uploads = entrances.flatMap(({ bucket, key, file, type }) => {
    const name = outputs[bucket];
    const keyArn = key === undefined ? undefined : outputs[key];
    return name === undefined ? [] : [{ name, keyArn, file, type }];
  });
  const [machine] = present(['StateMachineArn']);
  const [letters] = present(['TrailDeadLettersTableName']);
  const [documentsApi] = present(['DocumentApiUrl']);
  const [remediator] = present(['FindingRemediatorFunctionName']);
  const [someBucket = 'a-bucket'] = present(exits);
  const [scans] = present(['ComplianceStateMachineArn']);
  const own = [
    ...(letters === undefined ? [] : [`trail redrive --table ${letters} --dry-run`]),
    ...(scans === undefined ? [] : [`compliance scan --region ${region}`]),
  ].map(verb => `AWS_ENDPOINT_URL=${endpoint} ${credentials} node dist/handlers/cli/main.js ${verb}`);
  return [
    [
      'AWS CLI',
      `export ${credentials} AWS_DEFAULT_REGION=${region}`,
      ...uploads.map(
        ({ name, keyArn, file }) =>
          `${aws} s3 cp ${file} s3://${name}/${keyArn === undefined ? '' : ` --sse aws:kms --sse-kms-key-id ${keyArn}`}`,
      ),
      ...present(exits).map(bucket => `${aws} s3 ls s3://${bucket} --recursive`),
      ...present(tables).map(table => `${aws} dynamodb scan --table-name ${table}`),
      ...(machine === undefined
        ? []
        : [`${aws} stepfunctions list-executions --state-machine-arn ${machine}`]),
    ],
    [
      'curl',
      ...uploads.map(
        ({ name, keyArn, file, type }) =>
          `curl -T ${file}${type === undefined ? '' : ` -H 'Content-Type: ${type}'`}${keyArn === undefined ? '' : encryptionHeaders(keyArn)} ${endpoint}/${name}/`,
      ),
      ...present(tables).map(
        table =>
          `curl -s ${endpoint}/ -H 'X-Amz-Target: DynamoDB_20120810.Scan'` +
          ` -H 'Content-Type: application/x-amz-json-1.0' -d '{"TableName":"${table}"}'`,
      ),
      ...(documentsApi === undefined
        ? []
        : [
            `curl -s ${documentsApi}documents/scan --aws-sigv4 aws:amz:${region}:execute-api` +
              ` --user ${accessKeyId}:${secretAccessKey}${keyHeader(documentsApi, apis)}` +
              ` -H 'Content-Type: application/json' -d '{"document_key":"offer.pdf"}'`,
          ]),
    ],
    ...(scheduledRules.length === 0
      ? []
      : [
          [
            'Schedules, which no clock fires here',
            ...scheduledRules.flatMap(({ arn }) => putEvent(endpoint, hourOf(arn))),
          ],
        ]),
    ...(remediator === undefined
      ? []
      : [
          [
            'A finding of GuardDuty, and the way back',
            ...putEvent(endpoint, findingEvent(accountId, region, someBucket)),
            `${aws} lambda invoke --function-name ${remediator} --cli-binary-format raw-in-base64-out` +
              ` --payload '${rollbackRequest}' /dev/stdout`,
            `curl -s ${endpoint}/2015-03-31/functions/${remediator}/invocations -d '${rollbackRequest}'`,
          ],
        ]),
    ...(own.length === 0 ? [] : [['sallyport', ...own]]),
  ];
}

/** An event, as PutEvents takes it. */
interface EventEntry {
  readonly Source: string;
  readonly DetailType: string;
  readonly Resources: readonly string[];
  readonly Detail: string;
}

/** Puts an event on the bus, by the AWS CLI and by curl. */
function putEvent(endpoint: string, entry: EventEntry): readonly string[] {
  return [
    `aws --endpoint-url ${endpoint} events put-events --entries '${JSON.stringify([entry])}'`,
    `curl -s ${endpoint}/ -H 'X-Amz-Target: AWSEvents.PutEvents' -d '${JSON.stringify({ Entries: [entry] })}'`,
  ];
}

/** What EventBridge makes when a rule's time has come. */
function hourOf(ruleArn: string): EventEntry {
  return { Source: 'aws.events', DetailType: 'Scheduled Event', Resources: [ruleArn], Detail: '{}' };
}

const findingId = 'by-hand';

const rollbackRequest = JSON.stringify({ action: 'rollback', findingId, by: 'me', reason: 'to try it' });

/** About a bucket of the pipeline; what is done about it depends on `remediationMode`. */
function findingEvent(accountId: string, region: string, bucket: string): EventEntry {
  const finding = {
    id: findingId,
    accountId,
    region,
    type: 'Impact:S3/AnomalousBehavior.Delete',
    severity: 8,
    updatedAt: '2026-11-21T08:00:00.000Z',
    title: 'A finding by hand',
    resource: { resourceType: 'S3Bucket', accessKeyDetails: {}, s3BucketDetails: [{ name: bucket }] },
  };
  const Detail = JSON.stringify(finding);
  return { Source: 'aws.guardduty', DetailType: 'GuardDuty Finding', Resources: [], Detail };
}

function encryptionHeaders(keyArn: string): string {
  return (
    ` -H 'x-amz-server-side-encryption: aws:kms'` +
    ` -H 'x-amz-server-side-encryption-aws-kms-key-id: ${keyArn}'`
  );
}

function keyHeader(url: string, apis: LocalPipeline['apis']): string {
  const [apiKey] = apis.find(api => url.startsWith(`${api.url}/`))?.apiKeys ?? [];
  return apiKey === undefined ? '' : ` -H 'x-api-key: ${apiKey}'`;
}
