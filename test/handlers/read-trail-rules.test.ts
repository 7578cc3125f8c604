import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { TrailRulesError } from '../../src/domain/trail/trail-rules.ts';
import { isTrailRulePack, readTrailRules } from '../../src/handlers/read-trail-rules.env.ts';

const folder = mkdtempSync(join(tmpdir(), 'sallyport-rules-'));
afterAll(() => rmSync(folder, { recursive: true }));
const write = (name: string, text: string) => writeFileSync(join(folder, name), text);

function faultsOf(source: string): readonly string[] {
  try {
    readTrailRules(source, folder);
  } catch (error) {
    if (error instanceof TrailRulesError) return error.faults;
  }
  return [];
}

describe('rules by name', () => {
  test('are a pack', () => {
    expect(isTrailRulePack('account-changes')).toBe(true);
    expect(readTrailRules('account-changes', folder).find('trail-changes')).toMatchObject({
      severity: 'high',
    });
  });

  test('are several packs', () => {
    const source = 'cis-aws-foundations, sallyport-pipeline';
    expect(isTrailRulePack(source)).toBe(true);
    const rules = readTrailRules(source, folder);
    expect(rules.find('cis-4.1')).toBeDefined();
    expect(rules.find('pipeline-keys')).toBeDefined();
  });

  test('are no packs where one of them is none', () => {
    expect(isTrailRulePack('cis-aws-foundations,mine')).toBe(false);
    expect(isTrailRulePack('cis-aws-foundations,')).toBe(false);
    expect(faultsOf('cis-aws-foundations,mine')[0]).toContain(' "mine" is no pack');
  });

  test.each(['monitored_events.json', './monitored_events.json', join(folder, 'monitored_events.json')])(
    'are a file, C2: %s',
    source => {
      write('monitored_events.json', '{\n  "monitoredEvents": ["ConsoleLogin", "CreateUser"]\n}\n');
      expect(isTrailRulePack(source)).toBe(false);
      expect(readTrailRules(source, folder).rules.map(({ id }) => id)).toEqual([
        'ConsoleLogin',
        'CreateUser',
      ]);
    },
  );

  test('are a file that is called like a pack, if it is named by its place', () => {
    write('account-changes', '{"monitoredEvents":["StopLogging"]}');
    expect(readTrailRules('./account-changes', folder).rules).toHaveLength(1);
    expect(readTrailRules('account-changes', folder).rules.length).toBeGreaterThan(1);
  });

  test.each(['toString', '__proto__', 'constructor'])('are no pack because %s is in every object', name => {
    expect(isTrailRulePack(name)).toBe(false);
  });
});

describe('rules that cannot be read', () => {
  test('say which file, and which packs there are', () => {
    expect(faultsOf('gone.json')).toEqual([
      `${join(folder, 'gone.json')} cannot be read (ENOENT), and "gone.json" is no pack: there is account-changes, cis-aws-foundations, sallyport-pipeline`,
    ]);
  });

  test('show a hostile name for what it is', () => {
    expect(faultsOf('a\u001b[31m')[0]).toContain('"a\\u{1b}[31m" is no pack');
    expect(faultsOf('a\u001b[31m')[0]).not.toContain('\u001b');
  });

  test('tell the faults of the file, and which file it is', () => {
    write('bad.json', '{"monitoredEvents":["ConsoleLogin"],"other":1}');
    expect(faultsOf('bad.json')).toEqual([`${join(folder, 'bad.json')}: unknown key "other"`]);
  });
});
