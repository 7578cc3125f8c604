import { describe, expect, test } from '@jest/globals';
import { checkRuleExamples } from '../../../src/domain/trail/check-rule-examples.ts';
import { readTrailRulesFile } from '../../../src/domain/trail/read-trail-rules-file.ts';
import { defaultTrailRulePack, trailRulePacks } from '../../../src/domain/trail/rule-packs.ts';
import { compileTrailRules } from '../../../src/domain/trail/trail-rules.ts';

test('the pack that stands where no rules are named is there', () => {
  expect(Object.keys(trailRulePacks)).toContain(defaultTrailRulePack);
});

test('no two packs have a rule of one id: both can be taken', () => {
  const ids = Object.values(trailRulePacks).flatMap(file =>
    compileTrailRules(file).rules.map(({ id }) => id),
  );
  expect(new Set(ids).size).toBe(ids.length);
});

describe.each(Object.entries(trailRulePacks))('the pack %s', (_name, file) => {
  const { rules } = compileTrailRules(file);

  test('compiles, with an id for each rule', () => {
    expect(rules.length).toBeGreaterThan(0);
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
  });

  test('asks of each record something that is quickly looked for', () => {
    expect(compileTrailRules(file).conditions).not.toBe('any');
  });

  test('holds what its examples say', () => {
    expect(checkRuleExamples(readTrailRulesFile(file))).toEqual([]);
  });
});

describe.each(['cis-aws-foundations', 'sallyport-pipeline'])('the pack %s', name => {
  test('says of each rule where it comes from, and gives examples of both kinds', () => {
    for (const { rule, examples } of readTrailRulesFile(trailRulePacks[name])) {
      expect([rule.id, rule.references.length > 0]).toEqual([rule.id, true]);
      expect([rule.id, examples.match.length > 0, examples.noMatch.length > 0]).toEqual([
        rule.id,
        true,
        true,
      ]);
    }
  });
});

describe('the pack account-changes', () => {
  const { rules, match } = compileTrailRules(trailRulePacks['account-changes']);

  test('names no event twice: one event raises one alert', () => {
    const names = rules.flatMap(({ monitoredEvents = [] }) => monitoredEvents);
    expect(names.filter((name, place) => names.indexOf(name) !== place)).toEqual([]);
    for (const eventName of names) expect(match({ eventName })).toHaveLength(1);
  });

  test('writes names as CloudTrail does', () => {
    for (const { monitoredEvents = [] } of rules) {
      for (const name of monitoredEvents) expect(name).toMatch(/^[A-Z][A-Za-z0-9]+$/);
    }
  });
});

/** The CIS AWS Foundations Benchmark v3.0, section 4, as far as its controls are told by eventName alone. */
describe.each([
  ['4.5', 'trail-changes', ['CreateTrail', 'UpdateTrail', 'DeleteTrail', 'StartLogging', 'StopLogging']],
  ['4.7', 'key-disabled-or-deleted', ['DisableKey', 'ScheduleKeyDeletion']],
  ['4.8', 'bucket-policy-changes', ['PutBucketAcl', 'PutBucketPolicy', 'DeleteBucketReplication']],
  [
    '4.9',
    'config-changes',
    ['StopConfigurationRecorder', 'DeleteDeliveryChannel', 'PutConfigurationRecorder'],
  ],
  ['4.10', 'security-group-changes', ['AuthorizeSecurityGroupIngress', 'RevokeSecurityGroupEgress']],
  ['4.11', 'network-acl-changes', ['CreateNetworkAclEntry', 'ReplaceNetworkAclAssociation']],
  ['4.12', 'network-gateway-changes', ['AttachInternetGateway', 'DeleteCustomerGateway']],
  ['4.13', 'route-table-changes', ['CreateRoute', 'DisassociateRouteTable']],
  ['4.14', 'vpc-changes', ['CreateVpc', 'EnableVpcClassicLink', 'AcceptVpcPeeringConnection']],
  ['4.15', 'organization-changes', ['LeaveOrganization', 'AcceptHandshake', 'MoveAccount']],
])('control %s', (_control, id, names) => {
  test(`is the rule ${id}`, () => {
    const { match } = compileTrailRules(trailRulePacks['account-changes']);
    for (const eventName of names) expect([eventName, match({ eventName })]).toEqual([eventName, [id]]);
  });
});
