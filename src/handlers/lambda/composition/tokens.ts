import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { ServiceIdentifier } from 'inversify';
import type { ComplianceScanner } from '../../../domain/compliance/compliance-scanner.ts';
import type { ApiKeyRotator } from '../../../domain/credentials/api-key-rotator.ts';
import type { DeadLetterKeeper } from '../../../domain/dead-letters/dead-letter-keeper.ts';
import type { DocumentEncryptor } from '../../../domain/documents/document-encryptor.ts';
import type { DocumentProcessor } from '../../../domain/documents/document-processor.ts';
import type { DocumentValidator } from '../../../domain/documents/document-validator.ts';
import type { UploadPermitIssuer } from '../../../domain/documents/upload-permit-issuer.ts';
import type { ContainmentRollback } from '../../../domain/findings/containment-rollback.ts';
import type { FindingRemediator } from '../../../domain/findings/finding-remediator.ts';
import type { IntakeStarter } from '../../../domain/intake/intake-starter.ts';
import type { UploadRecorder } from '../../../domain/intake/upload-recorder.ts';
import type { RecordIngestor } from '../../../domain/records/record-ingestor.ts';
import type { SensitiveDataScanner } from '../../../domain/sensitive-data/sensitive-data-scanner.ts';
import type { IntegrityWatch } from '../../../domain/trail/integrity/integrity-watch.ts';
import type { TrailAnalyzer } from '../../../domain/trail/trail-analyzer.ts';
import type { TrailRules } from '../../../domain/trail/trail-rules.ts';
import type { TrailSummarizer } from '../../../domain/trail/trail-summarizer.ts';
import type { AlertChannel } from '../../../ports/alert-channel.ts';
import type { AlertWindows } from '../../../ports/alert-windows.ts';
import type { ApiKeyRegistry } from '../../../ports/api-key-registry.ts';
import type { AuditLog } from '../../../ports/audit-log.ts';
import type { BackfillLedger } from '../../../ports/backfill-ledger.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { Containment } from '../../../ports/containment.ts';
import type { DeadLetterStore } from '../../../ports/dead-letter-store.ts';
import type { DocumentInspector } from '../../../ports/document-inspector.ts';
import type { ObjectListing } from '../../../ports/object-listing.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { RecordStore } from '../../../ports/record-store.ts';
import type { RemediationLedger } from '../../../ports/remediation-ledger.ts';
import type { ResourceInventory } from '../../../ports/resource-inventory.ts';
import type { SecretVault } from '../../../ports/secret-vault.ts';
import type { TextExtractor } from '../../../ports/text-extractor.ts';
import type { TrailEventStore } from '../../../ports/trail-event-store.ts';
import type { TrailPublicKeys } from '../../../ports/trail-public-keys.ts';
import type { UploadLedger } from '../../../ports/upload-ledger.ts';
import type { UploadSigner } from '../../../ports/upload-signer.ts';
import type { WorkflowEngine } from '../../../ports/workflow-engine.ts';

/** Under which names ports, services and the clients that adapters share are bound. */
export const tokens = {
  alertChannel: token<AlertChannel>('AlertChannel'),
  alertWindows: token<AlertWindows>('AlertWindows'),
  apiKeyRegistry: token<ApiKeyRegistry>('ApiKeyRegistry'),
  auditLog: token<AuditLog>('AuditLog'),
  backfillLedger: token<BackfillLedger>('BackfillLedger'),
  clock: token<Clock>('Clock'),
  containment: token<Containment>('Containment'),
  deadLetterStore: token<DeadLetterStore>('DeadLetterStore'),
  documentInspector: token<DocumentInspector>('DocumentInspector'),
  objectListing: token<ObjectListing>('ObjectListing'),
  objectStore: token<ObjectStore>('ObjectStore'),
  recordStore: token<RecordStore>('RecordStore'),
  remediationLedger: token<RemediationLedger>('RemediationLedger'),
  resourceInventory: token<ResourceInventory>('ResourceInventory'),
  secretVault: token<SecretVault>('SecretVault'),
  textExtractor: token<TextExtractor>('TextExtractor'),
  trailEventStore: token<TrailEventStore>('TrailEventStore'),
  trailPublicKeys: token<TrailPublicKeys>('TrailPublicKeys'),
  uploadLedger: token<UploadLedger>('UploadLedger'),
  uploadSigner: token<UploadSigner>('UploadSigner'),
  workflowEngine: token<WorkflowEngine>('WorkflowEngine'),
  documentClient: token<DynamoDBDocumentClient>('DynamoDBDocumentClient'),
  apiKeyRotator: token<ApiKeyRotator>('ApiKeyRotator'),
  complianceScanner: token<ComplianceScanner>('ComplianceScanner'),
  containmentRollback: token<ContainmentRollback>('ContainmentRollback'),
  deadLetterKeeper: token<DeadLetterKeeper>('DeadLetterKeeper'),
  documentEncryptor: token<DocumentEncryptor>('DocumentEncryptor'),
  documentProcessor: token<DocumentProcessor>('DocumentProcessor'),
  documentValidator: token<DocumentValidator>('DocumentValidator'),
  findingRemediator: token<FindingRemediator>('FindingRemediator'),
  integrityWatch: token<IntegrityWatch>('IntegrityWatch'),
  intakeStarter: token<IntakeStarter>('IntakeStarter'),
  recordIngestor: token<RecordIngestor>('RecordIngestor'),
  sensitiveDataScanner: token<SensitiveDataScanner>('SensitiveDataScanner'),
  trailAnalyzer: token<TrailAnalyzer>('TrailAnalyzer'),
  trailRules: token<() => Promise<TrailRules>>('TrailRules'),
  trailSummarizer: token<TrailSummarizer>('TrailSummarizer'),
  uploadPermitIssuer: token<UploadPermitIssuer>('UploadPermitIssuer'),
  uploadRecorder: token<UploadRecorder>('UploadRecorder'),
};

function token<Service>(name: string): ServiceIdentifier<Service> {
  return Symbol.for(`sallyport.${name}`) as ServiceIdentifier<Service>;
}
