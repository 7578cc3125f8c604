import type { TrailMatch } from '../../../../src/domain/trail/filter-trail-log.ts';
import { compileTrailRules } from '../../../../src/domain/trail/trail-rules.ts';
import type { ReportData } from '../../../../src/handlers/cli/trail-report/report-data.ts';
import { TrailReport } from '../../../../src/handlers/cli/trail-report/trail-report.ts';
import type { JsonObject } from '../../../../src/ports/json.ts';

export const madeAt = '2026-11-22T00:00:00.000Z';

export const rules = compileTrailRules({
  rules: [
    { id: 'sign-in', title: 'Somebody signed in', severity: 'low', monitoredEvents: ['ConsoleLogin'] },
    {
      id: 'trail',
      title: 'The trail changed',
      severity: 'critical',
      monitoredEvents: ['StopLogging', 'DeleteTrail'],
    },
    { id: 'silence', title: 'Logging stopped', severity: 'high', monitoredEvents: ['StopLogging'] },
    { id: 'users', title: 'A user was made', severity: 'medium', monitoredEvents: ['CreateUser'] },
    { id: 'unused', title: 'Nobody does this', severity: 'info', monitoredEvents: ['DeleteOrganization'] },
  ],
});

/** A record, by its name and what else it says. */
export function record(eventName: string, facts: JsonObject = {}): JsonObject {
  return {
    eventVersion: '1.08',
    userIdentity: { type: 'IAMUser', arn: 'arn:aws:iam::111122223333:user/ada', accountId: '111122223333' },
    eventTime: '2026-11-21T08:00:00Z',
    eventSource: 'cloudtrail.amazonaws.com',
    eventName,
    awsRegion: 'eu-central-1',
    sourceIPAddress: '198.51.100.7',
    userAgent: 'aws-cli/2',
    eventID: 'e1',
    recipientAccountId: '111122223333',
    ...facts,
  };
}

/** The record as a match, under the rules that match it or under these. */
export function matchOf(found: JsonObject, index = 0, ids = rules.match(found)): TrailMatch {
  return { record: found, rules: ids, index, text: JSON.stringify(found) };
}

export const counts = (matched: number): ReportData['counts'] => ({
  files: 1,
  records: matched,
  matched,
  skipped: 0,
  failed: 0,
});

/** What a page is made of, of these records in one file. */
export function dataOf(records: readonly JsonObject[]): ReportData {
  const report = new TrailReport({ rules, now: madeAt });
  records.forEach((found, index) => {
    report.addMatch(matchOf(found, index), 'a.json');
  });
  return report.data(counts(records.length));
}
