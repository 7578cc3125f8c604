import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { costLines, countInventory, type Inventory, loads, monthlyCosts } from '../../../infra/docs/costs.ts';
import { prices } from '../../../infra/docs/prices.ts';
import { documentedContext } from '../../../infra/docs/synthesize-templates.ts';
import type { Template } from '../../../infra/docs/template-text.ts';
import { writeCosts } from '../../../infra/docs/write-costs.ts';
import { synthesizeAll } from '../synthesized-stack.ts';

const written = readFileSync(new URL('../../../docs/costs.md', import.meta.url), 'utf8');
const templates = new Map<string, Template>(
  synthesizeAll(documentedContext).map(([id, { json }]) => [id, json]),
);
const { small, medium, large } = loads;

const nothing: Inventory = {
  keys: 0,
  alarmMetrics: 0,
  compositeAlarms: 0,
  dashboards: 0,
  customMetrics: 0,
  secrets: 0,
  webAcls: 0,
  webAclRules: 0,
  configRules: 0,
  detectors: 0,
  recorders: 0,
  backupPlans: 0,
  queueMappings: 0,
  endpointZones: 0,
};

test('docs/costs.md is what the calculation says of the templates now; else run "npm run docs"', () => {
  expect(written).toBe(writeCosts(templates));
});

test('what the rotations of the keys come to is said', () => {
  const { keys } = countInventory(templates);
  expect(written).toContain(
    `${2 * keys}.00 a month from the second year on, ${3 * keys}.00 from the third on.`,
  );
});

describe('what the templates make', () => {
  const resources = [...templates.values()].flatMap(({ Resources }) => Object.values(Resources));
  const inventory = countInventory(templates);

  test('is counted', () => {
    expect(inventory.keys).toBe(resources.filter(({ Type }) => Type === 'AWS::KMS::Key').length);
    expect(inventory.keys).toBeGreaterThan(20);
    expect(inventory.alarmMetrics).toBeGreaterThan(50);
    expect(inventory.queueMappings).toBe(8);
  });

  test('an alarm on an expression costs each metric in it, an endpoint each zone', () => {
    const alarm = (Properties: Record<string, unknown>) => ({ Type: 'AWS::CloudWatch::Alarm', Properties });
    const Resources = {
      Plain: alarm({ MetricName: 'Errors' }),
      Sum: alarm({ Metrics: [{ Expression: 'a + b' }, { MetricStat: {} }, { MetricStat: {} }] }),
      Gateway: { Type: 'AWS::EC2::VPCEndpoint', Properties: { VpcEndpointType: 'Gateway' } },
      Interface: {
        Type: 'AWS::EC2::VPCEndpoint',
        Properties: { VpcEndpointType: 'Interface', SubnetIds: ['a', 'b', 'c'] },
      },
    };
    expect(countInventory(new Map([['S', { Resources }]]))).toMatchObject({
      alarmMetrics: 3,
      endpointZones: 3,
    });
  });

  test.each([
    ['KMS keys', { keys: 30 }, 30],
    ['WAF', { webAcls: 1, webAclRules: 5 }, 10.003],
    ['CloudWatch alarms', { alarmMetrics: 50, compositeAlarms: 2 }, 6],
    ['CloudWatch dashboard', { dashboards: 1 }, 3],
    ['AWS Config', { recorders: 1, configRules: 10 }, 2000 * 0.003 + 2300 * 0.001],
    ['GuardDuty', { detectors: 1 }, 0.5 * 4 + 0.15 * 0.8],
    ['Secrets Manager', { secrets: 2 }, 0.8],
    ['Network', { endpointZones: 12 }, 12 * 7.3 + 0.0351 * 20 * 0.01 + 0.0702 * 0.5],
  ])('%s costs by what there is: %j', (group, made, usd) => {
    expect(monthlyCosts(small, { ...nothing, ...made }).get(group)).toBeCloseTo(usd, 3);
  });
});

test.each([
  ['Step Functions', 0.75],
  ['API Gateway', 0.0175],
  ['KMS requests', 0.15],
  ['SNS', 0.00005],
])('the small load costs %s by what passes: %d', (group, usd) => {
  expect(monthlyCosts(small, nothing).get(group)).toBeCloseTo(usd, 6);
});

test('without anything made and anything done, nothing is billed', () => {
  const idle = Object.fromEntries(Object.keys(small).map(key => [key, 0])) as unknown as typeof small;
  for (const usd of monthlyCosts(idle, nothing).values()) expect(usd).toBe(0);
});

test('a larger load costs no less of anything', () => {
  const inventory = countInventory(templates);
  const [one, two, three] = [small, medium, large].map(load => monthlyCosts(load, inventory));
  for (const [group, usd] of one ?? []) {
    expect(two?.get(group)).toBeGreaterThanOrEqual(usd);
    expect(three?.get(group)).toBeGreaterThanOrEqual(two?.get(group) ?? Infinity);
  }
});

test('every price is used, names its page of AWS and the month in which it was known', () => {
  expect(new Set(costLines.map(({ price }) => price))).toEqual(new Set(Object.keys(prices)));
  for (const { usd, per, source, known } of Object.values(prices)) {
    expect(usd).toBeGreaterThan(0);
    expect(per).toBeGreaterThan(0);
    expect(source).toMatch(/^https:\/\/aws\.amazon\.com\/[\w-]+\/pricing\/$/);
    expect(known).toMatch(/^202[5-9]-(0[1-9]|1[0-2])$/);
  }
});
