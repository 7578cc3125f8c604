import { expect, test } from '@jest/globals';
import { InventoryRecorder } from '../../../src/domain/compliance/inventory-recorder.ts';
import type { ScanPage } from '../../../src/domain/compliance/scan-pages.ts';
import { account, region, table } from './scan-fixtures.ts';

test('records no resource that was gone when it was looked at: the scan does not tell of it either', () => {
  const [there, gone] = [table('there'), table('gone')];
  const page: ScanPage = {
    schemaVersion: 1,
    scanId: 'by-hand',
    page: 0,
    unit: { account, region, type: 'dynamodb-table' },
    resources: [
      { resource: there.resource, state: 'judged', results: [] },
      { resource: gone.resource, state: 'gone', results: [] },
    ],
  };
  const recorder = new InventoryRecorder('2026-11-21T08:00:00.000Z');
  recorder.add({ page, inspected: [there, gone] });
  expect(recorder.inventory.resources).toEqual([there]);
});
