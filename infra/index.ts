/**
 * The flows of the reference deployment as CDK constructs, for a stack of your own: docs/constructs.md. They bring the
 * code of their functions along.
 */

export {
  type Configuration,
  ConfigurationError,
  completeConfiguration,
  type EnvironmentName,
  environments,
} from './config/configuration.ts';
export { AlertTopic, type AlertTopicProps } from './constructs/alert-topic.ts';
export { ComplianceLogs, type ComplianceLogsProps } from './constructs/compliance-logs.ts';
export { ComplianceMonitor, type ComplianceMonitorProps } from './constructs/compliance-monitor.ts';
export {
  CustomerManagedKey,
  type CustomerManagedKeyProps,
  type ServiceUse,
} from './constructs/customer-managed-key.ts';
export { DataBucket } from './constructs/data-bucket.ts';
export { DocumentApi, type DocumentApiProps } from './constructs/document-api.ts';
export { DocumentIntake, type DocumentIntakeProps } from './constructs/document-intake.ts';
export { DocumentProcessing, type DocumentProcessingProps } from './constructs/document-processing.ts';
export { EncryptedTable, type EncryptedTableProps, type TableIndex } from './constructs/encrypted-table.ts';
export { FindingResponse, type FindingResponseProps } from './constructs/finding-response.ts';
export type { ExistingBucketChoice, FlowProps, OutsideFlowProps } from './constructs/flow-props.ts';
export type { FunctionNetwork } from './constructs/function-network.ts';
export { GuardedQueue, type GuardedQueueProps } from './constructs/guarded-queue.ts';
export { LambdaService, type LambdaServiceProps } from './constructs/lambda-service.ts';
export { RecordIngestion, type RecordIngestionProps } from './constructs/record-ingestion.ts';
export { SecureBucket, type SecureBucketProps } from './constructs/secure-bucket.ts';
export { TrailAnalysis, type TrailAnalysisProps } from './constructs/trail-analysis.ts';
