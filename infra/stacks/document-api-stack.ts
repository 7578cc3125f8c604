import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { DocumentApi } from '../constructs/document-api.ts';
import type { FlowStackProps } from './flow-stack-props.ts';

export type DocumentApiStackProps = FlowStackProps;

/** The reference deployment of the document API, with the names that clients and operators ask for as outputs. */
export class DocumentApiStack extends Stack {
  readonly documentApi: DocumentApi;

  constructor(scope: Construct, id: string, props: DocumentApiStackProps) {
    super(scope, id, props);
    const { configuration, bundles, network } = props;
    this.documentApi = new DocumentApi(this, 'DocumentApi', { configuration, bundles, network });
    const { documentApi } = this;
    const { api } = documentApi.api;
    const outputs: Record<string, [value: string, description: string]> = {
      DocumentApiUrl: [api.url, 'The API; its operations stand under documents/.'],
      DocumentApiId: [api.restApiId, 'Part of the ARN that a permission to invoke names.'],
      DocumentApiStageArn: [api.deploymentStage.stageArn, 'What a web ACL is associated with.'],
      ...keyOutputs(documentApi),
      DocumentsBucketName: [documentApi.documents.bucket.bucketName, 'Put documents here, with SSE-KMS.'],
      DocumentsKeyArn: [documentApi.documentsKey.key.keyArn, 'The key that documents are encrypted under.'],
      DocumentApiAuditTableName: [
        documentApi.auditTable.table.tableName,
        'One row for each document that was validated, encrypted or scanned, and for each permit.',
      ],
      DocumentApiAlertTopicArn: [documentApi.alerts.topic.topicArn, 'Announces the alarms of the API.'],
    };
    for (const [name, [value, description]] of Object.entries(outputs)) {
      new CfnOutput(this, name, { value, description });
    }
  }
}

/** Where the API key is, and the credentials of a database. */
function keyOutputs({ api, credentials }: DocumentApi): Record<string, [value: string, description: string]> {
  const { apiKey, database } = credentials;
  return {
    ...(api.apiKey === undefined
      ? {}
      : {
          DocumentApiKeyId: [
            api.apiKey.keyId,
            'The API key: "aws apigateway get-api-key --include-value --api-key <id>" tells its value.',
          ],
        }),
    ...(apiKey === undefined
      ? {}
      : {
          DocumentApiKeySecretArn: [
            apiKey.secret.secretArn,
            'Holds the API key: "aws secretsmanager get-secret-value --secret-id <arn>" tells its value.',
          ],
        }),
    ...(database === undefined
      ? {}
      : {
          DatabaseSecretArn: [
            database.secret.secretArn,
            'Holds user name and password for a database, which nothing of this pipeline uses.',
          ],
        }),
  };
}
