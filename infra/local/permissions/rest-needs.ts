import type { ConditionContext, NeededPermission } from './needed-permission.ts';
import { asMembers, listOf, membersOf, type NeedsOf } from './service-call.ts';

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awslambda.html */
export const lambdaNeeds: NeedsOf = ({ url }, { region, accountId }) => {
  const [, encoded] = /^\/2015-03-31\/functions\/([^/]+)\/invocations(?:\?|$)/.exec(url) ?? [];
  if (encoded === undefined) return undefined;
  const name = decodeURIComponent(encoded);
  const resource = name.startsWith('arn:') ? name : `arn:aws:lambda:${region}:${accountId}:function:${name}`;
  return [{ action: 'lambda:InvokeFunction', resource }];
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awssecurityhub.html */
export const securityHubNeeds: NeedsOf = call => {
  if (call.method !== 'POST' || !call.url.startsWith('/findings/import')) return undefined;
  const needed = new Map<string, NeededPermission>();
  for (const { ProductArn, AwsAccountId } of listOf(membersOf(call)['Findings'])) {
    needed.set(`${ProductArn} ${AwsAccountId}`, {
      action: 'securityhub:BatchImportFindings',
      resource: String(ProductArn),
      context: { 'securityhub:TargetAccount': String(AwsAccountId) },
    });
  }
  return [...needed.values()];
};

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html */
export const s3ControlNeeds: NeedsOf = ({ method, url }) => {
  if (!url.startsWith('/v20180820/configuration/publicAccessBlock')) return undefined;
  const verb = method === 'GET' ? 'Get' : 'Put';
  return [{ action: `s3:${verb}AccountPublicAccessBlock`, resource: '*' }];
};

/**
 * Its permissions are HTTP's methods on paths ("Control access to a REST API with IAM permissions"); a key that is made
 * with tags needs one more, on the path of its tags.
 */
export const apiGatewayNeeds: NeedsOf = (call, { account }) => {
  const { method, region } = call;
  const [path = ''] = call.url.split('?', 1);
  const prefix = `arn:aws:apigateway:${region}::`;
  const [, keyId = ''] = /^\/apikeys\/([^/]+)$/.exec(path) ?? [];
  const held = tagContext('ResourceTag', account.apiKeys.find(decodeURIComponent(keyId))?.tags);
  const needed = { action: `apigateway:${method}`, resource: `${prefix}${path}` };
  const given = method === 'POST' && path === '/apikeys' ? asMembers(membersOf(call)['tags']) : {};
  if (Object.keys(given).length === 0) return [{ ...needed, context: held }];
  const asked = { ...tagContext('RequestTag', given), 'aws:TagKeys': Object.keys(given) };
  // On AWS the last part is a pattern, which stands for the id that the key does not have yet.
  const tags = `${prefix}/tags/${encodeURIComponent(`${prefix}/apikeys/new`)}`;
  return [
    { ...needed, context: asked },
    { action: 'apigateway:PUT', resource: tags, context: asked },
  ];
};

function tagContext(kind: 'RequestTag' | 'ResourceTag', tags: object = {}): ConditionContext {
  return Object.fromEntries(
    Object.entries(tags).map(([name, value]) => [`aws:${kind}/${name}`, String(value)]),
  );
}
