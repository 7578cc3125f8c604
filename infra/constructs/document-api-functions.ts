import { Duration } from 'aws-cdk-lib';
import { Effect, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import type { DocumentEncryptorEnvironment } from '../../src/handlers/lambda/document-encryptor.env.ts';
import type { DocumentScannerEnvironment } from '../../src/handlers/lambda/document-scanner.env.ts';
import type { DocumentValidatorEnvironment } from '../../src/handlers/lambda/document-validator.env.ts';
import type { UploadUrlIssuerEnvironment } from '../../src/handlers/lambda/upload-url-issuer.env.ts';
import type { AlertTopic } from './alert-topic.ts';
import type { ConfiguredParts } from './configured-parts.ts';
import type { DataBucket } from './data-bucket.ts';
import type { EncryptedTable } from './encrypted-table.ts';
import type { LambdaService } from './lambda-service.ts';

/** One function for each operation of the document API. */
export interface DocumentApiFunctions {
  readonly validator: LambdaService;
  readonly encryptor: LambdaService;
  readonly scanner: LambdaService;
  readonly issuer: LambdaService;
}

export interface DocumentApiFunctionsProps {
  readonly parts: ConfiguredParts;
  readonly alerts: AlertTopic;
  readonly documents: DataBucket;
  readonly auditTable: EncryptedTable;
}

/** The variables of a function, whatever its schema makes of them. */
type Variables<Environment> = Readonly<Record<keyof Environment, string>>;

/** Where `POST /documents/encrypt` puts its copies. */
const encryptedPrefix = 'encrypted/';

/** Makes the functions, each with the permission for its operation and to audit its answers. */
export function documentApiFunctions(props: DocumentApiFunctionsProps): DocumentApiFunctions {
  const { parts, alerts, documents, auditTable } = props;
  const { configuration } = parts;
  const bucketAndTable = {
    DOCUMENTS_BUCKET_NAME: documents.bucket.bucketName,
    AUDIT_TABLE_NAME: auditTable.table.tableName,
  };
  const documentPolicy = {
    ALLOWED_DOCUMENT_TYPES: configuration.allowedDocumentTypes.join(','),
    MAXIMUM_DOCUMENT_BYTES: String(configuration.maximumDocumentBytes),
  };
  const documentsKey = { DOCUMENTS_KEY_ARN: documents.encryptionKey.key.keyArn };
  const readerMemory = configuration.documentApiReaderMemoryMegabytes;
  const service = (
    serviceName: string,
    description: string,
    memorySize: number,
    environment: Readonly<Record<string, string>>,
  ) => {
    const timeout = Duration.seconds(configuration.documentApiTimeoutSeconds);
    const made = parts.service(serviceName, alerts, {
      serviceName,
      description,
      memorySize,
      timeout,
      environment,
    });
    auditTable.grantItems(made, ['dynamodb:PutItem', 'dynamodb:GetItem']);
    return made;
  };

  const validator = service(
    'document-validator',
    'Judges what a document of the documents bucket really is.',
    readerMemory,
    { ...bucketAndTable, ...documentPolicy } satisfies Variables<DocumentValidatorEnvironment>,
  );
  documents.grantRead(validator);

  const encryptor = service(
    'document-encryptor',
    'Copies a document of the documents bucket under its key.',
    configuration.functionMemoryMegabytes,
    { ...bucketAndTable, ...documentsKey } satisfies Variables<DocumentEncryptorEnvironment>,
  );
  documents.grantCopyTo(encryptor, documents, encryptedPrefix);

  const scanner = service(
    'document-scanner',
    'Finds card and social-security numbers, and more, in a document of the documents bucket.',
    readerMemory,
    {
      ...bucketAndTable,
      BLOCKING_KINDS: configuration.blockingKinds.join(','),
      MAXIMUM_DOCUMENT_BYTES: documentPolicy.MAXIMUM_DOCUMENT_BYTES,
    } satisfies Variables<DocumentScannerEnvironment>,
  );
  documents.grantRead(scanner);

  const issuer = service(
    'upload-url-issuer',
    'Issues permits to upload into the documents bucket.',
    configuration.functionMemoryMegabytes,
    {
      ...bucketAndTable,
      ...documentPolicy,
      ...documentsKey,
      UPLOAD_URL_EXPIRY_SECONDS: String(configuration.uploadUrlExpirySeconds),
    } satisfies Variables<UploadUrlIssuerEnvironment>,
  );
  // S3 judges a presigned POST as a put of the role that signed it.
  documents.grantWrite(issuer);
  // What stands below the prefix is the encryptor's: no permit may put anything in its place.
  issuer.role.addToPolicy(
    new PolicyStatement({
      effect: Effect.DENY,
      actions: ['s3:PutObject'],
      resources: [documents.bucket.arnForObjects(`${encryptedPrefix}*`)],
    }),
  );
  return { validator, encryptor, scanner, issuer };
}
