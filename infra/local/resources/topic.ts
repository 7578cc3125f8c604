import { CreateTopicCommand, SetTopicAttributesCommand, SubscribeCommand } from '@aws-sdk/client-sns';
import * as z from 'zod';
import { deployer, type LocalPlatform } from '../platform.ts';
import {
  type Deploy,
  flag,
  physicalName,
  placeOf,
  type ResourceInstance,
  readProperties,
  tags,
} from './resource.ts';

const endpointProperties = z.looseObject({ Protocol: z.string(), Endpoint: z.string() });

const topicProperties = z.looseObject({
  TopicName: z.string().optional(),
  DisplayName: z.string().optional(),
  FifoTopic: flag.optional(),
  ContentBasedDeduplication: flag.optional(),
  KmsMasterKeyId: z.string().optional(),
  Subscription: z.array(endpointProperties).default([]),
  Tags: tags,
});

const subscriptionProperties = endpointProperties.extend({
  TopicArn: z.string(),
  RawMessageDelivery: flag.optional(),
  FilterPolicy: z.looseObject({}).optional(),
  FilterPolicyScope: z.string().optional(),
  RedrivePolicy: z.looseObject({}).optional(),
});

const policyProperties = z.looseObject({ Topics: z.array(z.string()), PolicyDocument: z.looseObject({}) });

type Subscription = z.infer<typeof subscriptionProperties>;

/** Accepted and not delivered: nobody is written to from a developer's machine. */
const silentProtocols: readonly string[] = ['email', 'email-json', 'sms'];

/** The longest name of a topic. */
const longestName = 256;

/** `AWS::SNS::Topic`, with the subscriptions that stand in it. */
export const deployTopic: Deploy<LocalPlatform> = async (resource, platform) => {
  const { TopicName, Subscription: inline, Tags, ...given } = readProperties(resource, topicProperties);
  const name = physicalName(resource, TopicName, longestName);
  const { DisplayName, FifoTopic, ContentBasedDeduplication, KmsMasterKeyId } = given;
  const Attributes = texts({ DisplayName, FifoTopic, ContentBasedDeduplication, KmsMasterKeyId });
  await platform.clients.of(deployer).sns.send(new CreateTopicCommand({ Name: name, Attributes, Tags }));
  const arn = `arn:aws:sns:${platform.region}:${platform.accountId}:${name}`;
  if (KmsMasterKeyId !== undefined) platform.permissions.store.setKey(arn, KmsMasterKeyId);
  for (const subscription of inline) {
    await subscribe(resource, { ...subscription, TopicArn: arn }, platform);
  }
  return { ref: arn, attributes: { TopicArn: arn, TopicName: name } };
};

/** `AWS::SNS::TopicPolicy`: kept by the emulator, and enforced by the gateway. */
export const deployTopicPolicy: Deploy<LocalPlatform> = async (resource, platform) => {
  const { Topics, PolicyDocument } = readProperties(resource, policyProperties);
  for (const TopicArn of Topics) {
    platform.permissions.store.setResourcePolicy(TopicArn, PolicyDocument);
    const policy = { TopicArn, AttributeName: 'Policy', AttributeValue: JSON.stringify(PolicyDocument) };
    await platform.clients.of(deployer).sns.send(new SetTopicAttributesCommand(policy));
  }
  return { ref: resource.logicalId, attributes: { Id: resource.logicalId } };
};

/** `AWS::SNS::Subscription` of a queue; one of an e-mail address is kept and nothing is sent. */
export const deploySubscription: Deploy<LocalPlatform> = async (resource, platform) => {
  const arn = await subscribe(resource, readProperties(resource, subscriptionProperties), platform);
  return { ref: arn, attributes: { Arn: arn } };
};

async function subscribe(
  resource: ResourceInstance,
  subscription: Subscription,
  platform: LocalPlatform,
): Promise<string> {
  const { TopicArn, Protocol, Endpoint, FilterPolicy, RedrivePolicy, ...given } = subscription;
  if (Protocol !== 'sqs' && !silentProtocols.includes(Protocol)) {
    throw new Error(
      `${placeOf(resource)}: the local run delivers to queues, not by "${Protocol}". ` +
        'Subscribe a queue before the function, or teach infra/local/resources/topic.ts the protocol.',
    );
  }
  const { RawMessageDelivery, FilterPolicyScope } = given;
  const Attributes = texts({ RawMessageDelivery, FilterPolicyScope, FilterPolicy, RedrivePolicy });
  const { SubscriptionArn } = await platform.clients
    .of(deployer)
    .sns.send(
      new SubscribeCommand({ TopicArn, Protocol, Endpoint, Attributes, ReturnSubscriptionArn: true }),
    );
  return SubscriptionArn ?? `${TopicArn}:${resource.logicalId}`;
}

function texts(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(attributes)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name, typeof value === 'object' ? JSON.stringify(value) : String(value)]),
  );
}
