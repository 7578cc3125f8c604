import type { ContainmentCall } from '../../../ports/containment.ts';
import { CallInput } from './call-input.ts';
import {
  entryOf,
  type MemoryAccount,
  type MemoryInstance,
  withEntry,
  withoutEntry,
} from './memory-account.ts';

/** https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html#tag-restrictions */
const mostTags = 50;

/** Puts tags on instances, security groups and snapshots, or takes them off. */
export function performTagCall(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'Resources', 'Tags');
  const tags = input.objects('Tags', 'Key', 'Value');
  // All or nothing: every resource is looked up, and every tag checked, before any is touched.
  const resources = input.texts('Resources').map(id => taggableOf(id, input, account));
  if (call.api === 'ec2:DeleteTags') {
    for (const resource of resources) for (const tag of tags) takeTagOff(resource, tag);
    return;
  }
  const tagged = resources.map(resource => tagsWith(resource, tags, input));
  resources.forEach((resource, index) => {
    resource.tags = tagged[index] ?? {};
  });
}

interface Taggable {
  tags?: Record<string, string>;
}

function taggableOf(id: string, input: CallInput, account: MemoryAccount): Taggable {
  if (id.startsWith('i-')) return instanceOf(id, input, account);
  const found = [...account.securityGroups, ...account.snapshots].find(resource => resource.id === id);
  if (found === undefined) throw input.refuse('not-found', 'InvalidID', `there is no ${id}`);
  return found;
}

function tagsWith(resource: Taggable, tags: readonly CallInput[], input: CallInput): Record<string, string> {
  let tagged = resource.tags ?? {};
  for (const tag of tags) {
    const key = tag.text('Key');
    if (/^aws:/i.test(key) || key.length > 128) {
      throw input.refuse('permanent', 'InvalidParameterValue', 'a tag may not be named so');
    }
    tagged = withEntry(tagged, key, tag.optionalText('Value') ?? '');
  }
  if (Object.keys(tagged).length > mostTags) {
    throw input.refuse('permanent', 'TagLimitExceeded', `more than ${mostTags} tags`);
  }
  return tagged;
}

/** With a value, even an empty one, only where the tag has that value. */
function takeTagOff(resource: Taggable, tag: CallInput): void {
  const key = tag.text('Key');
  const value = tag.optionalText('Value');
  if (value === undefined || entryOf(resource.tags, key) === value) {
    resource.tags = withoutEntry(resource.tags, key);
  }
}

/** Switches termination protection, the one attribute that is modelled. */
export function modifyInstanceAttribute(call: ContainmentCall, account: MemoryAccount): void {
  const input = CallInput.of(call, 'InstanceId', 'DisableApiTermination');
  const instance = instanceOf(input.text('InstanceId'), input, account);
  const protection = input.object('DisableApiTermination', 'Value').flag('Value');
  if (instance.status === 'terminated') {
    throw input.refuse('conflict', 'IncorrectInstanceState', `${instance.id} is terminated`);
  }
  instance.terminationProtection = protection;
}

/** Takes a snapshot of each volume. There is no client token: two calls take two of each. */
export function createSnapshots(call: ContainmentCall, account: MemoryAccount, newId: () => string): void {
  const input = CallInput.of(
    call,
    'InstanceSpecification',
    'Description',
    'TagSpecifications',
    'CopyTagsFromSource',
  );
  const wanted = input.object(
    'InstanceSpecification',
    'InstanceId',
    'ExcludeBootVolume',
    'ExcludeDataVolumeIds',
  );
  const instance = instanceOf(wanted.text('InstanceId'), input, account);
  if (instance.status === 'terminated') {
    throw input.refuse('conflict', 'IncorrectInstanceState', `${instance.id} is terminated`);
  }
  const excluded = wanted.texts('ExcludeDataVolumeIds');
  if (excluded.includes(instance.volumes[0] ?? '')) {
    throw input.refuse('permanent', 'InvalidParameterValue', 'the root volume is no data volume');
  }
  const from = wanted.optionalFlag('ExcludeBootVolume') === true ? 1 : 0;
  const tags = specifiedTags(input, 'snapshot');
  for (const volumeId of instance.volumes.slice(from).filter(id => !excluded.includes(id))) {
    account.snapshots.push({ id: `snap-${newId()}`, volumeId, tags: { ...tags } });
  }
}

/** The tags that a call gives to what it creates. */
export function specifiedTags(input: CallInput, resourceType: string): Record<string, string> {
  const [specification, ...others] = input.objects('TagSpecifications', 'ResourceType', 'Tags');
  if (specification === undefined) return {};
  if (others.length > 0 || specification.text('ResourceType') !== resourceType) {
    throw input.refuse('permanent', 'InvalidParameterValue', 'the tags are for something else');
  }
  return tagsWith({}, specification.objects('Tags', 'Key', 'Value'), input);
}

/** The instance, or a refusal where there is none. */
export function instanceOf(id: string, input: CallInput, account: MemoryAccount): MemoryInstance {
  const instance = account.instances.find(candidate => candidate.id === id);
  if (instance === undefined) {
    throw input.refuse('not-found', 'InvalidInstanceID.NotFound', `there is no instance ${id}`);
  }
  return instance;
}
