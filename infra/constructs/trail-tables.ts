import type { ConfiguredParts } from './configured-parts.ts';
import type { CustomerManagedKey } from './customer-managed-key.ts';
import type { EncryptedTable } from './encrypted-table.ts';

/** What an index gives of a matched event, beside its id and the index's own keys. */
const summaryAttributes = [
  'eventTime',
  'eventName',
  'eventSource',
  'account',
  'region',
  'principal',
  'sourceIPAddress',
  'errorCode',
  'rules',
];

export interface TrailTables {
  readonly eventsTable: EncryptedTable;
  readonly deadLettersTable: EncryptedTable;
  readonly auditTable: EncryptedTable;
}

/** The tables of a flow that analyzes CloudTrail's logs, as children of the flow. */
export function trailTables(parts: ConfiguredParts, encryptionKey: CustomerManagedKey): TrailTables {
  return {
    eventsTable: parts.table('TrailEventsTable', {
      encryptionKey,
      purpose: 'trail-events',
      logicalId: 'TrailEventsTable',
      partitionKey: 'eventId',
      indexes: [
        { name: 'ByEventName', partitionKey: 'eventNameShard' },
        { name: 'ByPrincipal', partitionKey: 'principalShard' },
      ].map(index => ({ ...index, sortKey: 'timeAndId', attributes: summaryAttributes })),
      timeToLiveAttribute: 'expiresAt',
    }),
    deadLettersTable: parts.table('TrailDeadLettersTable', {
      encryptionKey,
      purpose: 'trail-dead-letters',
      logicalId: 'TrailDeadLettersTable',
      partitionKey: 'id',
      timeToLiveAttribute: 'expiresAt',
    }),
    auditTable: parts.table('TrailAuditTable', {
      encryptionKey,
      purpose: 'trail-audit',
      logicalId: 'TrailAuditTable',
      partitionKey: 'requestId',
      sortKey: 'timestamp',
    }),
  };
}
