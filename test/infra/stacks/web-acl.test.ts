import { describe, expect, test } from '@jest/globals';
import { Duration } from 'aws-cdk-lib';
import { SallyportApp } from '../../../infra/stacks/sallyport-app.ts';
import { requestModels } from '../../../src/handlers/lambda/api/document-api.env.ts';
import {
  render,
  resourcesOf,
  type SynthesizedStack,
  stubBundles,
  synthesizeDocumentApi,
} from '../synthesized-stack.ts';

const stack = synthesizeDocumentApi();
const configured = synthesizeDocumentApi({ documentApiAddressLimit: '500', logRetentionDays: '30' });
const existingWebAclArn =
  'arn:aws:wafv2:eu-central-1:111122223333:regional/webacl/shared/11111111-2222-3333-4444-555555555555';

/** The rendered properties of the resources of a type. */
const allOf = (of: SynthesizedStack, type: string) =>
  resourcesOf(of, type).map(([id, { Properties }]) => ({
    id,
    ...(render(Properties) as Record<string, unknown>),
  }));

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Action?: object;
  readonly OverrideAction?: object;
  readonly VisibilityConfig: object;
  readonly Statement: {
    readonly ManagedRuleGroupStatement?: { readonly RuleActionOverrides?: readonly object[] };
    readonly RateBasedStatement?: object;
  };
}

const rulesOf = (of: SynthesizedStack): readonly Rule[] =>
  allOf(of, 'AWS::WAFv2::WebACL').flatMap(acl => (acl as unknown as { Rules: Rule[] }).Rules);

const group = (name: string) =>
  rulesOf(stack).find(({ Statement }) =>
    JSON.stringify(Statement.ManagedRuleGroupStatement ?? {}).includes(`"Name":"${name}"`),
  );

const stageArnOf = (of: SynthesizedStack) => {
  const [[stage] = []] = resourcesOf(of, 'AWS::ApiGateway::Stage');
  return `arn:<AWS::Partition>:apigateway:<AWS::Region>::/restapis/<DocumentApi>/stages/<${stage}>`;
};

describe('D7: a web ACL stands before the stage of the document API', () => {
  test('it is regional, lets pass what no rule matches, and is associated', () => {
    const [acl] = allOf(stack, 'AWS::WAFv2::WebACL');
    expect(acl).toMatchObject({
      Name: 'sallyport-documents-dev',
      Scope: 'REGIONAL',
      DefaultAction: { Allow: {} },
    });
    expect(allOf(stack, 'AWS::WAFv2::WebACLAssociation')).toMatchObject([
      { WebACLArn: `<${acl?.id}.Arn>`, ResourceArn: stageArnOf(stack) },
    ]);
  });

  test.each([
    ['SQL injection', 'AWSManagedRulesSQLiRuleSet'],
    ['known bad inputs', 'AWSManagedRulesKnownBadInputsRuleSet'],
    ['the common rule set', 'AWSManagedRulesCommonRuleSet'],
    ['the reputation of addresses', 'AWSManagedRulesAmazonIpReputationList'],
  ])('%s blocks as AWS sees fit', (_name, name) => {
    expect(group(name)).toMatchObject({
      OverrideAction: { None: {} },
      Statement: { ManagedRuleGroupStatement: { VendorName: 'AWS', Name: name } },
    });
  });

  test('one rule alone counts and does not block: it would refuse bodies that the operations take', () => {
    const overrides = rulesOf(stack).flatMap(({ Name, Statement }) =>
      (Statement.ManagedRuleGroupStatement?.RuleActionOverrides ?? []).map(override => [Name, override]),
    );
    expect(overrides).toEqual([
      ['AWSManagedRulesCommonRuleSet', { Name: 'SizeRestrictions_BODY', ActionToUse: { Count: {} } }],
    ]);
    // A key and a version of the greatest length, every character of them escaped.
    const { document_key, version_id } = (
      requestModels.validate as unknown as {
        properties: Record<string, { maxLength?: number; pattern?: string }>;
      }
    ).properties;
    const body = { document_key: 'é'.repeat(document_key?.maxLength ?? 0), version_id: 'x'.repeat(1024) };
    expect('x'.repeat(1024)).toMatch(new RegExp(version_id?.pattern ?? '^$'));
    const longest = JSON.stringify(body).replaceAll(/[éx]/g, '\\u0000').length;
    expect(longest).toBeGreaterThan(8 * 1024);
    // What WAF looks at in a body that comes through API Gateway, unless an ACL says otherwise.
    expect(longest).toBeLessThan(16 * 1024);
    expect(allOf(stack, 'AWS::WAFv2::WebACL')[0]).not.toHaveProperty('AssociationConfig');
  });

  test.each([
    ['10 000 by default', stack, 10_000],
    ['as many as configuration says', configured, 500],
  ])('an address that asks more often in 5 minutes is blocked: %s', (_name, of, Limit) => {
    expect(rulesOf(of).find(({ Statement }) => Statement.RateBasedStatement !== undefined)).toMatchObject({
      Action: { Block: {} },
      Statement: { RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit } },
    });
  });

  test('there are five rules, each in its place and with its own metric', () => {
    const rules = rulesOf(stack);
    expect(rules).toHaveLength(5);
    expect(rules.map(({ Priority }) => Priority)).toEqual([0, 1, 2, 3, 4]);
    for (const { Name, VisibilityConfig } of rules) {
      expect(VisibilityConfig).toMatchObject({ CloudWatchMetricsEnabled: true, MetricName: Name });
    }
  });

  test('the metrics are those that WAF publishes of this ACL', () => {
    const { documentApiStack } = new SallyportApp({ bundles: stubBundles });
    const { webAcl } = documentApiStack.documentApi;
    const published = allOf(stack, 'AWS::WAFv2::WebACL')[0] as unknown as {
      VisibilityConfig: { MetricName: string };
    };
    const metrics = [webAcl?.metricBlocked(Duration.minutes(5)), webAcl?.metricAllowed(Duration.minutes(5))];
    expect(
      metrics.map(metric => documentApiStack.resolve(metric?.toMetricConfig().metricStat)),
    ).toMatchObject(
      ['BlockedRequests', 'AllowedRequests'].map(metricName => ({
        namespace: 'AWS/WAFV2',
        metricName,
        statistic: 'Sum',
        dimensions: expect.arrayContaining([
          { name: 'WebACL', value: published.VisibilityConfig.MetricName },
          { name: 'Rule', value: 'ALL' },
          { name: 'Region', value: { Ref: 'AWS::Region' } },
        ]),
      })),
    );
  });
});

describe('D7: what the web ACL writes down', () => {
  const [logging] = allOf(stack, 'AWS::WAFv2::LoggingConfiguration');

  test('each request, in a group of the name that WAF asks for, encrypted and kept like other logs', () => {
    for (const [of, RetentionInDays] of [
      [stack, 7],
      [configured, 30],
    ] as const) {
      const groups = allOf(of, 'AWS::Logs::LogGroup').filter(
        found =>
          (found as Record<string, unknown>)['LogGroupName'] === 'aws-waf-logs-sallyport-documents-dev',
      );
      expect(groups).toMatchObject([{ RetentionInDays, KmsKeyId: '<DocumentApiLogGroupsKey.Arn>' }]);
      const [target] = groups;
      expect(allOf(of, 'AWS::WAFv2::LoggingConfiguration')).toMatchObject([
        {
          ResourceArn: expect.stringMatching(/^<DocumentApiWebAcl\w+\.Arn>$/),
          LogDestinationConfigs: [
            `arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:log-group:<${target?.id}>`,
          ],
        },
      ]);
    }
    expect(logging).not.toHaveProperty('LoggingFilter');
  });

  test('no header that lets its reader in, and no sample of requests, which would show them', () => {
    expect(logging).toMatchObject({
      RedactedFields: ['authorization', 'x-api-key', 'x-amz-security-token'].map(Name => ({
        SingleHeader: { Name },
      })),
    });
    const visible = JSON.stringify(allOf(stack, 'AWS::WAFv2::WebACL')).match(/"SampledRequestsEnabled":\w+/g);
    expect(new Set(visible)).toEqual(new Set(['"SampledRequestsEnabled":false']));
    expect(visible).toHaveLength(6);
  });

  test('log delivery may write into this group, for this account, before it is asked to', () => {
    const policies = allOf(stack, 'AWS::Logs::ResourcePolicy').filter(policy =>
      String((policy as Record<string, unknown>)['PolicyDocument']).includes('aws:SourceAccount'),
    );
    expect(policies).toHaveLength(1);
    const [policy] = policies as unknown as { id: string; PolicyDocument: string }[];
    const [[groupId] = []] = resourcesOf(stack, 'AWS::Logs::LogGroup').filter(
      ([, { Properties }]) => Properties['LogGroupName'] === 'aws-waf-logs-sallyport-documents-dev',
    );
    expect(JSON.parse(policy?.PolicyDocument ?? '')).toMatchObject({
      Statement: [
        {
          Effect: 'Allow',
          Principal: { Service: 'delivery.logs.amazonaws.com' },
          Action: ['logs:CreateLogStream', 'logs:PutLogEvents'],
          Resource: `<${groupId}.Arn>`,
          Condition: {
            StringEquals: { 'aws:SourceAccount': '<AWS::AccountId>' },
            ArnLike: { 'aws:SourceArn': 'arn:<AWS::Partition>:logs:<AWS::Region>:<AWS::AccountId>:*' },
          },
        },
      ],
    });
    const [[, resource] = []] = resourcesOf(stack, 'AWS::WAFv2::LoggingConfiguration');
    expect(resource?.DependsOn).toContain(policy?.id);
  });
});

describe('D7: the web ACL is a choice', () => {
  const none = synthesizeDocumentApi({ documentApiWebAcl: 'false' });
  const existing = synthesizeDocumentApi({ existingWebAclArn });

  test('without one, nothing of it is left', () => {
    expect(JSON.stringify(none.json)).not.toMatch(/AWS::WAFv2|aws-waf-logs/);
  });

  test('one that is there already stands before the stage, and none is made', () => {
    expect(allOf(existing, 'AWS::WAFv2::WebACLAssociation')).toMatchObject([
      { WebACLArn: existingWebAclArn, ResourceArn: stageArnOf(existing) },
    ]);
    existing.template.resourceCountIs('AWS::WAFv2::WebACL', 0);
    existing.template.resourceCountIs('AWS::WAFv2::LoggingConfiguration', 0);
  });
});
