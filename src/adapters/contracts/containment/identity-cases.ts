import assert from 'node:assert/strict';
import { assertPortError } from '../assert-port-error.ts';
import { assertSameJson } from '../assert-same-json.ts';
import {
  type ContainmentCases,
  type ContainmentSubject,
  read,
  Scene,
  whatIsRead,
} from './containment-subject.ts';

/** Characters that an encoding, or a markup, may lose. */
const document = JSON.stringify({
  Version: '2012-10-17',
  Statement: [
    {
      Sid: 'SallyportContract',
      Effect: 'Deny',
      Action: '*',
      Resource: '*',
      Condition: { DateLessThan: { 'aws:TokenIssueTime': '2026-11-21T08:00:00.000Z' } },
    },
    { Effect: 'Deny', Action: 's3:*', Resource: 'arn:aws:s3:::a+b%20c/*?\'(~!)&<"é>' },
  ],
});

const tags = { 'team & <co>': 'Über "uns"', empty: '' };
const absent = { kind: 'not-found', code: 'NoSuchEntityException' } as const;
const gone = { state: 'unreadable', reason: 'gone', code: 'NoSuchEntityException' };

function userScene({ account, ...subject }: ContainmentSubject, userName: string, accessKeyId?: string) {
  const key = accessKeyId === undefined ? {} : { accessKeyId };
  return new Scene({ account, ...subject }, { kind: 'user', account, userName, ...key });
}

function roleScene(subject: ContainmentSubject, roleName: string) {
  return new Scene(subject, { kind: 'role', account: subject.account, roleName });
}

/** What is promised of users and roles. */
export const identityCases: ContainmentCases = [
  {
    name: 'a user is observed as it stands, with the key in question where there is one',
    async run(subject) {
      const { userName, accessKeyIds } = await subject.createUser(tags);
      const whole = { kind: 'user', tags: read(tags), policy: { state: 'read' } };
      const state = await userScene(subject, userName).observe();
      assertSameJson(state, whole);
      assert.ok(!('accessKey' in state));
      assertSameJson(await userScene(subject, userName, accessKeyIds[1]).observe(), {
        ...whole,
        accessKey: read('Active'),
      });
    },
  },
  {
    name: 'an access key is switched off and on, and the other one stays as it is',
    async run(subject) {
      const { userName, accessKeyIds } = await subject.createUser({});
      const [first, second] = accessKeyIds.map(id => userScene(subject, userName, id));
      assert.ok(first !== undefined && second !== undefined);
      for (const Status of ['Inactive', 'Inactive', 'Active']) {
        const input = { UserName: userName, AccessKeyId: accessKeyIds[0], Status };
        await first.call('iam:UpdateAccessKey', input);
        assertSameJson((await first.observe()).accessKey, read(Status));
        assertSameJson((await second.observe()).accessKey, read('Active'));
      }
    },
  },
  {
    name: 'a key that the user does not have is gone, and not found',
    async run(subject) {
      const { userName } = await subject.createUser({});
      const AccessKeyId = 'AKIAIOSFODNN7EXAMPLE';
      const scene = userScene(subject, userName, AccessKeyId);
      assertSameJson((await scene.observe()).accessKey, { ...gone, api: 'iam:ListAccessKeys' });
      const input = { UserName: userName, AccessKeyId, Status: 'Inactive' };
      await assertPortError(scene.call('iam:UpdateAccessKey', input), absent);
    },
  },
  {
    name: 'of a user or role that is not there all is gone',
    async run(subject) {
      const name = `absent-${crypto.randomUUID()}`;
      assertSameJson(await userScene(subject, name, 'AKIAIOSFODNN7EXAMPLE').observe(), {
        kind: 'user',
        tags: { ...gone, api: 'iam:GetUser' },
        policy: { ...gone, api: 'iam:GetUserPolicy' },
        accessKey: { ...gone, api: 'iam:ListAccessKeys' },
      });
      assertSameJson(await roleScene(subject, name).observe(), {
        kind: 'role',
        role: { ...gone, api: 'iam:GetRole' },
        policy: { ...gone, api: 'iam:GetRolePolicy' },
      });
    },
  },
  ...(['User', 'Role'] as const).map(kind => ({
    name: `an inline policy of a ${kind.toLowerCase()} is put, told as it was put, replaced and deleted`,
    async run(subject: ContainmentSubject) {
      const { name, scene } = await ownerOf(kind, subject);
      const owner = { [`${kind}Name`]: name };
      const policyNow = async () => whatIsRead((await scene.observe()).policy);
      const put = (PolicyName: string, PolicyDocument: string) =>
        scene.call(`iam:Put${kind}Policy`, { ...owner, PolicyName, PolicyDocument });
      const { policyName } = scene.marks;

      await put(`${policyName}-other`, document);
      assert.equal(await policyNow(), undefined);
      await put(policyName, '{"Version":"2012-10-17","Statement":[]}');
      await put(policyName, document);
      assert.equal(await policyNow(), document);
      await assertPortError(put(policyName, 'no policy'), {
        kind: 'permanent',
        code: 'MalformedPolicyDocumentException',
      });
      await assertPortError(put(policyName, `{"Statement":["${'x'.repeat(10_241)}"]}`), {
        kind: 'permanent',
        code: 'LimitExceededException',
      });
      assert.equal(await policyNow(), document);
      const remove = () => scene.call(`iam:Delete${kind}Policy`, { ...owner, PolicyName: policyName });
      await remove();
      assert.equal(await policyNow(), undefined);
      await assertPortError(remove(), absent);
    },
  })),
  {
    name: 'a role is observed as it stands',
    async run(subject) {
      const { roleName } = await subject.createRole(tags, '/teams/blue/');
      assertSameJson(await roleScene(subject, roleName).observe(), {
        kind: 'role',
        role: read({ path: '/teams/blue/', tags }),
        policy: { state: 'read' },
      });
    },
  },
  {
    name: 'a role that is linked to a service takes no policy',
    async run(subject) {
      const { roleName } = await subject.createRole({}, '/aws-service-role/example.amazonaws.com/');
      const scene = roleScene(subject, roleName);
      const input = { RoleName: roleName, PolicyName: scene.marks.policyName, PolicyDocument: document };
      await assertPortError(scene.call('iam:PutRolePolicy', input), {
        kind: 'permanent',
        code: 'UnmodifiableEntityException',
      });
      assert.equal(whatIsRead((await scene.observe()).policy), undefined);
    },
  },
  {
    name: 'of a user or role of another account nothing is known, though there be one of that name here',
    async run({ containment, ...subject }) {
      const account = '999999999999';
      const { userName, accessKeyIds } = await subject.createUser({});
      const { roleName } = await subject.createRole({}, '/');
      const [accessKeyId] = accessKeyIds;
      const user = new Scene({ containment, ...subject }, { kind: 'user', account, userName, accessKeyId });
      const role = new Scene({ containment, ...subject }, { kind: 'role', account, roleName });
      const unknown = { state: 'unreadable', reason: 'failed', code: 'OtherAccount' };
      assertSameJson(await user.observe(), {
        kind: 'user',
        tags: { ...unknown, api: 'iam:GetUser' },
        policy: { ...unknown, api: 'iam:GetUserPolicy' },
        accessKey: { ...unknown, api: 'iam:ListAccessKeys' },
      });
      assertSameJson(await role.observe(), {
        kind: 'role',
        role: { ...unknown, api: 'iam:GetRole' },
        policy: { ...unknown, api: 'iam:GetRolePolicy' },
      });
    },
  },
];

async function ownerOf(kind: 'User' | 'Role', subject: ContainmentSubject) {
  if (kind === 'User') {
    const { userName } = await subject.createUser({});
    return { name: userName, scene: userScene(subject, userName) };
  }
  const { roleName } = await subject.createRole({}, '/');
  return { name: roleName, scene: roleScene(subject, roleName) };
}
