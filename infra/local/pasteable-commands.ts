import type { LocalPipeline } from './local-pipeline.ts';

/** Commands for the AWS CLI, curl and our own that work as they stand, in groups with a heading each. */
export function pasteableCommands({
  endpoint,
  region,
  outputs,
  client,
}: Pick<LocalPipeline, 'endpoint' | 'region' | 'outputs' | 'client'>): readonly (readonly string[])[] {
  const {
    UploadsBucketName: bucket,
    UploadsKeyArn: key,
    UploadsTableName: table,
    StateMachineArn: machine,
    TrailLogBucketName: logs,
    TrailEventsTableName: events,
    TrailDeadLettersTableName: letters,
  } = outputs;
  const aws = `aws --endpoint-url ${endpoint}`;
  const { accessKeyId, secretAccessKey } = client.credentials;
  const credentials =
    `AWS_ACCESS_KEY_ID=${accessKeyId} AWS_SECRET_ACCESS_KEY=${secretAccessKey}` + ` AWS_REGION=${region}`;
  const scan = `-H 'X-Amz-Target: DynamoDB_20120810.Scan' -H 'Content-Type: application/x-amz-json-1.0'`;
  return [
    [
      'AWS CLI',
      `export ${credentials} AWS_DEFAULT_REGION=${region}`,
      ...(bucket === undefined
        ? []
        : [
            `${aws} s3 cp ./file s3://${bucket}/ --sse aws:kms --sse-kms-key-id ${key}`,
            `${aws} s3 ls s3://${bucket} --recursive`,
          ]),
      ...(table === undefined ? [] : [`${aws} dynamodb scan --table-name ${table}`]),
      ...(machine === undefined
        ? []
        : [`${aws} stepfunctions list-executions --state-machine-arn ${machine}`]),
      ...(logs === undefined ? [] : [`${aws} s3 cp ./log.json.gz s3://${logs}/`]),
      ...(events === undefined ? [] : [`${aws} dynamodb scan --table-name ${events}`]),
    ],
    [
      'curl',
      ...(bucket === undefined
        ? []
        : [
            `curl -T ./file -H 'x-amz-server-side-encryption: aws:kms'` +
              ` -H 'x-amz-server-side-encryption-aws-kms-key-id: ${key}' ${endpoint}/${bucket}/`,
          ]),
      ...(table === undefined ? [] : [`curl -s ${endpoint}/ ${scan} -d '{"TableName":"${table}"}'`]),
      ...(logs === undefined ? [] : [`curl -T ./log.json.gz ${endpoint}/${logs}/`]),
      ...(events === undefined ? [] : [`curl -s ${endpoint}/ ${scan} -d '{"TableName":"${events}"}'`]),
    ],
    ...(letters === undefined
      ? []
      : [
          [
            'sallyport',
            `AWS_ENDPOINT_URL=${endpoint} ${credentials}` +
              ` node dist/handlers/cli/main.js trail redrive --table ${letters} --dry-run`,
          ],
        ]),
  ];
}
