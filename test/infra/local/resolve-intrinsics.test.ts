import { describe, expect, test } from '@jest/globals';
import { parseTemplate } from '../../../infra/local/cloud-assembly.ts';
import {
  conditionHolds,
  resolveIntrinsics,
  type TemplateScope,
} from '../../../infra/local/resolve-intrinsics.ts';

const template = parseTemplate(
  {
    Parameters: { Stage: { Type: 'String', Default: 'dev' }, Secret: { Type: 'String' } },
    Mappings: { Sizes: { dev: { memory: 128 } } },
    Conditions: {
      IsDev: { 'Fn::Equals': [{ Ref: 'Stage' }, 'dev'] },
      IsProd: { 'Fn::Not': [{ Condition: 'IsDev' }] },
      Both: { 'Fn::And': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
      Own: { Condition: 'Own' },
      There: { 'Fn::Not': [{ Condition: 'Back' }] },
      Back: { 'Fn::Or': [{ Condition: 'IsProd' }, { Condition: 'There' }] },
      Either: { 'Fn::Or': [{ Condition: 'IsDev' }, { Condition: 'IsProd' }] },
    },
  },
  'fixture',
);

const scope: TemplateScope = {
  stack: 'intake-dev',
  template,
  region: 'eu-west-1',
  accountId: '111122223333',
  resources: new Map([
    ['Queue', { ref: 'https://queue', attributes: { Arn: 'arn:queue', 'Nested.Url': 'https://n' } }],
  ]),
  exports: new Map([['keys:KeyArn', 'arn:key']]),
};

describe('resolveIntrinsics', () => {
  test.each<[string, unknown, unknown]>([
    ['data under an inherited name', { constructor: 1 }, { constructor: 1 }],
    ['plain data', { a: [1, true, null, { b: 'c' }] }, { a: [1, true, null, { b: 'c' }] }],
    ['Ref of a resource', { Ref: 'Queue' }, 'https://queue'],
    ['Ref of a parameter', { Ref: 'Stage' }, 'dev'],
    ['Ref of the account', { Ref: 'AWS::AccountId' }, '111122223333'],
    ['Ref of the region', { Ref: 'AWS::Region' }, 'eu-west-1'],
    ['Ref of the partition', { Ref: 'AWS::Partition' }, 'aws'],
    ['Ref of the URL suffix', { Ref: 'AWS::URLSuffix' }, 'amazonaws.com'],
    ['Ref of the stack', { Ref: 'AWS::StackName' }, 'intake-dev'],
    ['NoValue in an object', { a: { Ref: 'AWS::NoValue' }, b: 1 }, { b: 1 }],
    ['NoValue in a list', [1, { Ref: 'AWS::NoValue' }], [1]],
    ['NoValue alone', { Ref: 'AWS::NoValue' }, undefined],
    ['GetAtt as a list', { 'Fn::GetAtt': ['Queue', 'Arn'] }, 'arn:queue'],
    ['GetAtt as a text', { 'Fn::GetAtt': 'Queue.Arn' }, 'arn:queue'],
    ['GetAtt with a dot in the attribute', { 'Fn::GetAtt': 'Queue.Nested.Url' }, 'https://n'],
    ['Join', { 'Fn::Join': ['/', ['a', { Ref: 'Stage' }, 3]] }, 'a/dev/3'],
    ['Select', { 'Fn::Select': ['1', ['a', 'b']] }, 'b'],
    [
      'Select of a Split',
      { 'Fn::Select': [1, { 'Fn::Split': [':', { 'Fn::GetAtt': ['Queue', 'Arn'] }] }] },
      'queue',
    ],
    ['Split', { 'Fn::Split': ['-', 'a-b'] }, ['a', 'b']],
    ['Sub', { 'Fn::Sub': `\${Stage}-\${Queue.Arn}-\${AWS::Region}` }, 'dev-arn:queue-eu-west-1'],
    ['Sub with a literal', { 'Fn::Sub': `a \${!Stage} b` }, `a \${Stage} b`],
    ['Sub with variables', { 'Fn::Sub': [`\${x}/\${Stage}`, { x: { Ref: 'Queue' } }] }, 'https://queue/dev'],
    ['Sub whose variable hides a parameter', { 'Fn::Sub': [`\${Stage}`, { Stage: 'mine' }] }, 'mine'],
    ['ImportValue', { 'Fn::ImportValue': { 'Fn::Sub': 'keys:KeyArn' } }, 'arn:key'],
    ['If that holds', { 'Fn::If': ['IsDev', 1, 2] }, 1],
    ['If that does not hold', { 'Fn::If': ['IsProd', 1, 2] }, 2],
    ['If without a value', { a: { 'Fn::If': ['IsProd', 1, { Ref: 'AWS::NoValue' }] } }, {}],
    ['GetAZs of the region it runs in', { 'Fn::Select': [2, { 'Fn::GetAZs': '' }] }, 'eu-west-1c'],
    ['GetAZs of another', { 'Fn::Select': [0, { 'Fn::GetAZs': 'us-east-2' }] }, 'us-east-2a'],
    ['FindInMap', { 'Fn::FindInMap': ['Sizes', { Ref: 'Stage' }, 'memory'] }, 128],
    [
      'a condition block of a policy',
      { Condition: { Bool: { x: { Ref: 'Stage' } } } },
      { Condition: { Bool: { x: 'dev' } } },
    ],
    [
      'functions within functions',
      [{ a: { 'Fn::Join': ['', [{ 'Fn::Sub': `\${Stage}` }]] } }],
      [{ a: 'dev' }],
    ],
  ])('%s', (_name, value, expected) => {
    expect(resolveIntrinsics(value, scope, 'Thing.Property')).toEqual(expected);
  });

  test.each<[string, unknown, string]>([
    ['an unknown resource', { Ref: 'Topic' }, 'Thing.Property.Ref refers to "Topic"'],
    ['an attribute of an unknown resource', { 'Fn::GetAtt': ['Topic', 'Arn'] }, 'refers to "Topic"'],
    [
      'an unknown attribute',
      { a: { 'Fn::GetAtt': ['Queue', 'Age'] } },
      'Thing.Property.a.Fn::GetAtt asks for the attribute "Age" of "Queue"',
    ],
    ['a parameter without a value', { Ref: 'Secret' }, '"Secret", which has no default'],
    ['an unknown export', { 'Fn::ImportValue': 'nothing' }, 'imports "nothing"'],
    ['an index out of range', { 'Fn::Select': [2, ['a']] }, 'selects 2 of 1 values'],
    ['an unknown function', [{ 'Fn::Base64': 'x' }], 'Thing.Property[0] uses Fn::Base64'],
    ['an unknown condition', { 'Fn::If': ['Nope', 1, 2] }, 'Conditions.Nope'],
    [
      'a condition by an inherited name',
      { 'Fn::If': ['constructor', 1, 2] },
      'Conditions.constructor is not',
    ],
    ['a condition that asks for itself', { 'Fn::If': ['Own', 1, 2] }, 'needs itself: Own -> Own'],
    ['conditions in a circle', { 'Fn::If': ['There', 1, 2] }, 'needs itself: There -> Back -> There'],
    ['a resource by an inherited name', { Ref: 'constructor' }, 'refers to "constructor"'],
    ['an inherited attribute', { 'Fn::GetAtt': ['Queue', 'constructor'] }, 'the attribute "constructor"'],
    ['an inherited mapping', { 'Fn::FindInMap': ['constructor', 'name'] }, 'constructor.name'],
    ['Sub of a number', { 'Fn::Sub': [1] }, 'Thing.Property.Fn::Sub needs a text, or a list of a text and'],
    [
      'Sub without variables',
      { 'Fn::Sub': ['a'] },
      'Thing.Property.Fn::Sub needs a text, or a list of a text',
    ],
    ['an unknown mapping', { 'Fn::FindInMap': ['Sizes', 'prod', 'memory'] }, 'Sizes.prod.memory'],
    ['a text where a list belongs', { 'Fn::Join': 'a' }, 'needs a list'],
    ['an object where a text belongs', { 'Fn::Join': ['', [{ a: 1 }]] }, 'needs a text'],
  ])('names stack and path at %s', (_name, value, message) => {
    const resolving = () => resolveIntrinsics(value, scope, 'Thing.Property');
    expect(resolving).toThrow(message);
    expect(resolving).toThrow('Stack intake-dev: ');
  });
});

test.each([
  ['IsDev', true],
  ['IsProd', false],
  ['Both', false],
  ['Either', true],
])('the condition %s holds: %s', (name, expected) => {
  expect(conditionHolds(name, scope)).toBe(expected);
});
