/** The domain of Sallyport: services and functions over ports, without SDK, framework or environment. */
export * from './domain/compliance/compliance-check.ts';
export * from './domain/compliance/compliance-checks.ts';
export * from './domain/compliance/compliance-policy.ts';
export * from './domain/compliance/compliance-scanner.ts';
export * from './domain/compliance/encryption-grade.ts';
export * from './domain/compliance/inspect-inventory.ts';
export * from './domain/compliance/inventory-file.ts';
export * from './domain/compliance/judge-resource.ts';
export * from './domain/compliance/read-compliance-policy.ts';
export * from './domain/compliance/read-inventory-file.ts';
export * from './domain/compliance/render-asff.ts';
export * from './domain/compliance/render-csv.ts';
export type { ScanPlace } from './domain/compliance/scan-archive.ts';
export * from './domain/compliance/scan-progress.ts';
export * from './domain/credentials/api-key-rotator.ts';
export * from './domain/credentials/api-key-secret.ts';
export * from './domain/dead-letters/dead-letter-alert.ts';
export * from './domain/dead-letters/dead-letter-keeper.ts';
export * from './domain/dead-letters/dead-letter-redriver.ts';
export * from './domain/dead-letters/message-failure.ts';
export * from './domain/documents/document-encryptor.ts';
export * from './domain/documents/document-policy.ts';
export * from './domain/documents/document-processor.ts';
export * from './domain/documents/document-types.ts';
export * from './domain/documents/document-validator.ts';
export * from './domain/documents/document-verdict.ts';
export * from './domain/documents/judge-document.ts';
export * from './domain/documents/quarantine-alert.ts';
export * from './domain/documents/upload-permit-issuer.ts';
export * from './domain/findings/containment-policy.ts';
export * from './domain/findings/containment-rollback.ts';
export * from './domain/findings/facts.ts';
export * from './domain/findings/finding-remediator.ts';
export * from './domain/findings/finding-type.ts';
export * from './domain/findings/guard-duty-finding.ts';
export * from './domain/findings/plan-remediation.ts';
export * from './domain/findings/read-finding.ts';
export * from './domain/findings/remediation-plan.ts';
export * from './domain/findings/rollback-report.ts';
export * from './domain/findings/route-finding.ts';
export * from './domain/intake/intake-starter.ts';
export * from './domain/intake/refusal-alert.ts';
export * from './domain/intake/upload-recorder.ts';
export * from './domain/kernel/canonical-time.ts';
export * from './domain/kernel/judge-upload.ts';
export * from './domain/kernel/locate-object.ts';
export * from './domain/kernel/mask-numbers.ts';
export * from './domain/kernel/object-key.ts';
export * from './domain/kernel/object-key-policy.ts';
export * from './domain/kernel/object-key-violations.ts';
export * from './domain/kernel/printable-text.ts';
export * from './domain/kernel/upload-identity.ts';
export * from './domain/records/parse-record.ts';
export * from './domain/records/record-fault.ts';
export * from './domain/records/record-file-conclusion.ts';
export * from './domain/records/record-file-reading.ts';
export * from './domain/records/record-ingestor.ts';
export * from './domain/sensitive-data/find-sensitive-data.ts';
export * from './domain/sensitive-data/judge-text.ts';
export * from './domain/sensitive-data/sensitive-data-scanner.ts';
export * from './domain/sensitive-data/sensitive-finding.ts';
export * from './domain/sensitive-data/sensitive-kind.ts';
export {
  type BackfillSelection,
  BackfillSelectionError,
} from './domain/trail/backfill/backfill-selection.ts';
export type { BackfillSummary } from './domain/trail/backfill/backfill-summary.ts';
export * from './domain/trail/backfill/conclude-backfill.ts';
export {
  type BackfillCost,
  type BackfillEstimate,
  type CostReason,
  estimateBackfill,
} from './domain/trail/backfill/estimate-backfill.ts';
export { listTrailLogs, type TrailListingProgress } from './domain/trail/backfill/list-trail-logs.ts';
export * from './domain/trail/backfill/trail-backfill.ts';
export type { BusEvent } from './domain/trail/bus-event.ts';
export {
  compileEventPattern,
  type EventPattern,
} from './domain/trail/event-pattern/compile-event-pattern.ts';
export * from './domain/trail/event-pattern/event-pattern-error.ts';
export * from './domain/trail/event-pattern/explain-match.ts';
export * from './domain/trail/filter-trail-log.ts';
export type { TrailSource } from './domain/trail/integrity/find-places.ts';
export * from './domain/trail/integrity/integrity-finding.ts';
export * from './domain/trail/integrity/integrity-tally.ts';
export * from './domain/trail/integrity/integrity-watch.ts';
export type { TrailFiles } from './domain/trail/integrity/read-trail-file.ts';
export * from './domain/trail/integrity/trail-verifier.ts';
export type { VerificationBounds } from './domain/trail/integrity/verify-place.ts';
export * from './domain/trail/match-alert.ts';
export type { RecordConditions } from './domain/trail/record-conditions.ts';
export * from './domain/trail/rule-packs.ts';
export * from './domain/trail/trail-analyzer.ts';
export * from './domain/trail/trail-log-error.ts';
export * from './domain/trail/trail-object-kind.ts';
export * from './domain/trail/trail-record.ts';
export * from './domain/trail/trail-rules.ts';
export { trailRulesJsonSchema } from './domain/trail/trail-rules-json-schema.ts';
export * from './domain/trail/trail-rules-refusal.ts';
export * from './domain/trail/trail-rules-source.ts';
export * from './domain/trail/trail-summarizer.ts';
export * from './ports/index.ts';
