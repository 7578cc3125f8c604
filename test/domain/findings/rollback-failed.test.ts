import { expect, test } from '@jest/globals';
import { PortError } from '../../../src/ports/failure.ts';
import { instanceFinding, RemediationWorld } from './remediation-world.ts';

test('what a rollback could not undo stays ours when the containment goes on, and goes with the next rollback', async () => {
  const world = new RemediationWorld();
  const before = structuredClone(world.containment.state);
  const perform = world.containment.perform.bind(world.containment);
  let throttled: readonly string[] = ['ec2:CreateSnapshots'];
  world.containment.perform = async call => {
    if (!throttled.includes(call.api)) return perform(call);
    throw new PortError({ kind: 'throttled', operation: 'x', code: 'RequestLimitExceeded', message: 'x' });
  };
  const request = { findingId: instanceFinding().id, by: 'kim', reason: 'a test', invocationId: '1' };
  await expect(world.remediator.remediate(instanceFinding())).rejects.toMatchObject({ kind: 'throttled' });
  throttled = ['ec2:ModifyNetworkInterfaceAttribute', 'ec2:ModifyInstanceAttribute'];
  expect(await world.rollback.rollBack(request)).toMatchObject({ outcome: 'partially-rolled-back' });
  throttled = [];
  await world.rollback.release({ ...request, invocationId: '2' });
  expect(await world.remediator.remediate(instanceFinding())).toMatchObject({ outcome: 'contained' });
  expect(await world.rollback.rollBack({ ...request, invocationId: '3' })).toMatchObject({
    outcome: 'rolled-back',
  });
  const [instance] = world.containment.state.instances;
  expect(instance).toMatchObject({
    interfaces: before.instances[0]?.interfaces,
    terminationProtection: before.instances[0]?.terminationProtection,
  });
  expect(world.containment.state.autoScalingGroups[0]?.instances).toEqual(
    before.autoScalingGroups[0]?.instances,
  );
});
