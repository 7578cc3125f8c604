import { describe, expect, test } from '@jest/globals';
import { alertWindowsContract } from '../../../src/adapters/contracts/alert-windows-contract.ts';
import { MemoryAlertWindows } from '../../../src/adapters/memory/memory-alert-windows.ts';
import type { AlertWindow } from '../../../src/ports/alert-windows.ts';

describe(`the contract of ${alertWindowsContract.port}`, () => {
  test.each(alertWindowsContract.cases)('$name', ({ run }) => run({ windows: new MemoryAlertWindows() }));
});

test('windows shows every window in the order of arrival, and is a copy', async () => {
  const windows = new MemoryAlertWindows();
  const window: AlertWindow = {
    schemaVersion: 1,
    id: 'one',
    kind: 'matches',
    rule: 'r',
    title: 'R',
    severity: 'low',
    account: '111122223333',
    group: {},
    start: '2026-11-21T08:00:00.000Z',
    end: '2026-11-21T08:15:00.000Z',
  };
  const dueAt = window.end;
  await windows.add({ window, entries: [], dueAt });
  await windows.add({ window: { ...window, id: 'two' }, entries: [], dueAt });

  for (const { group } of windows.windows) (group as Record<string, string>)['changed'] = 'changed';

  expect(windows.windows.map(({ id, group }) => [id, group])).toEqual([
    ['one', {}],
    ['two', {}],
  ]);
});
