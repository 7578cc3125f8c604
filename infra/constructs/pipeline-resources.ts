/**
 * What the stacks of the pipeline create, by what stands in its names (`sallyport-<purpose>-<environment>`): for those
 * who must name it all without a reference to any of it, the trail and the backup. A test holds that the templates have
 * these and no others.
 */
export const pipelineResources = {
  /** Buckets that hold documents, records, or what became of them. */
  documentBuckets: [
    'uploads',
    'internal-processing',
    'processed-output',
    'delivery',
    'quarantine',
    'documents',
    'records',
    'compliance-logs',
  ],
  /** Buckets that hold what AWS says of the account and of the other buckets. */
  accountLogBuckets: ['trail-logs', 'config'],
  /** The bucket of the trail's rules, where there is one. */
  rulesBucket: 'trail-rules',
  /** Buckets of server access logs, which are under SSE-S3. */
  accessLogBuckets: [
    'access-logs',
    'processing-access-logs',
    'document-access-logs',
    'records-access-logs',
    'compliance-access-logs',
    'trail-access-logs',
    'config-access-logs',
  ],
  functions: [
    'intake-trigger',
    'upload-writer',
    'document-processor',
    'document-validator',
    'document-encryptor',
    'document-scanner',
    'upload-url-issuer',
    'record-ingestor',
    'compliance-scanner',
    'finding-remediator',
    'api-key-rotator',
    'default-group-closer',
  ],
  /** Functions of the trail's own analysis. */
  trailFunctions: [
    'trail-analyzer',
    'trail-dead-letter-keeper',
    'trail-summarizer',
    'trail-verifier',
    'trail-backfiller',
  ],
  /** Tables, each with the purpose in the alias of its key. */
  tables: {
    uploads: 'tables',
    audit: 'tables',
    'processing-audit': 'processing-tables',
    'document-api-audit': 'document-api-tables',
    'processed-records': 'record-tables',
    'records-audit': 'record-tables',
    'compliance-audit': 'compliance-tables',
    remediations: 'finding-tables',
    'findings-audit': 'finding-tables',
  },
  /** Tables of the trail's own analysis. */
  trailTables: {
    'trail-events': 'trail-tables',
    'trail-dead-letters': 'trail-tables',
    'trail-audit': 'trail-tables',
    'trail-alert-windows': 'trail-tables',
    'trail-backfills': 'trail-tables',
  },
  /** Tables of what is being done: after some weeks nothing of it is left, and no old state of it is of use. */
  workingTables: ['trail-alert-windows', 'trail-backfills'],
} as const;
