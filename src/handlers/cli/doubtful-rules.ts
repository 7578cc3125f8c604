import { printableText } from '../../domain/kernel/printable-text.ts';
import type { ReadTrailRule } from '../../domain/trail/read-trail-rules-file.ts';

/**
 * The fields at the top of a record, and of an Insights event
 * (https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html).
 */
const recordFields = [
  ...[
    'additionalEventData',
    'addendum',
    'apiVersion',
    'awsRegion',
    'edgeDeviceDetails',
    'errorCode',
    'errorMessage',
  ],
  ...['eventCategory', 'eventContext', 'eventID', 'eventName', 'eventSource', 'eventTime', 'eventType'],
  ...['eventVersion', 'insightDetails', 'insightSource', 'managementEvent', 'readOnly', 'recipientAccountId'],
  ...['requestID', 'requestParameters', 'resources', 'responseElements', 'serviceEventDetails'],
  ...['sessionCredentialFromConsole', 'sharedEventID', 'sourceIPAddress', 'tlsDetails', 'userAgent'],
  ...['userIdentity', 'vpcEndpointAccountId', 'vpcEndpointId'],
];

const knownFields = new Set(recordFields);
const fieldsByLowerCase = new Map(recordFields.map(field => [field.toLowerCase(), field]));

/** Notes of a rule beyond which the others are not named. */
const mostNotes = 5;

/** What can be used, and most likely matches no record ever: a line for each thing, none where nothing is in doubt. */
export function doubtsAbout(rule: ReadTrailRule): readonly string[] {
  const fields = new Set<string>();
  const names = new Set<unknown>(rule.rule.monitoredEvents ?? []);
  for (const alternative of rule.alternatives) {
    for (const [path, tests] of alternative) {
      fields.add(path.split('.', 1)[0] ?? path);
      if (path !== 'eventName') continue;
      for (const test of tests) if (test.kind === 'equals') names.add(test.value);
    }
  }
  const notes = [...[...fields].flatMap(doubtOfField), ...[...names].flatMap(doubtOfName)];
  const shown = notes.length > mostNotes ? [...notes.slice(0, mostNotes), '… and more'] : notes;
  return shown.map(note => `rule ${rule.rule.id}: ${note}`);
}

function doubtOfField(field: string): readonly string[] {
  if (knownFields.has(field)) return [];
  const meant = fieldsByLowerCase.get(field.toLowerCase());
  const instead = meant === undefined ? '' : `; they have ${meant}`;
  return [
    `the pattern asks for "${printableText(field, 100)}", which the records of CloudTrail do not have${instead}`,
  ];
}

function doubtOfName(name: unknown): readonly string[] {
  if (typeof name !== 'string') return [`the eventName ${String(name)} is no text, as it is in records`];
  if (!/[\s*?:]/.test(name)) return [];
  const shown = printableText(name, 100);
  const instead = name.includes('*') ? '; a pattern may say {"eventName":[{"wildcard":"…*"}]}' : '';
  return [
    `the eventName "${shown}" is looked for to the letter, and names of events have none of blank, *, ? and : as a rule${instead}`,
  ];
}
