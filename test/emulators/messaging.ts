import { CreateTopicCommand, SNSClient, type SNSClientConfig, SubscribeCommand } from '@aws-sdk/client-sns';
import {
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { buildApp } from 'fauxqs';

/** A topic with a queue that gets all it publishes, without an envelope. */
export interface ObservedTopic {
  readonly topicArn: string;
  /**
   * Every message of the queue so far that the test looks for. Waits for a first one; where none comes, for one
   * empty poll.
   */
  received(matches: (message: Message) => boolean): Promise<readonly Message[]>;
}

/** An SNS and an SQS to test against. */
export interface MessagingEndpoint {
  readonly sns: SNSClient;
  /** Creates a topic under a name that is free. */
  createTopic(label: string): Promise<ObservedTopic>;
  close(): Promise<void>;
}

/**
 * Starts `fauxqs` in this process; where `SALLYPORT_AWS_ENDPOINT` names another AWS-compatible endpoint, that one is
 * used.
 */
export async function startMessaging(): Promise<MessagingEndpoint> {
  const external = process.env['SALLYPORT_AWS_ENDPOINT'];
  const { endpoint, close } = external
    ? { endpoint: external, close: async () => undefined }
    : await startFauxqs();
  const sns = snsClient(endpoint);
  const sqs = new SQSClient(clientConfig(endpoint));
  return {
    sns,
    createTopic: async label => {
      const name = `${label}-${crypto.randomUUID()}`;
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
      const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
      const { Attributes } = await sqs.send(
        new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
      );
      await sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: 'sqs',
          Endpoint: Attributes?.['QueueArn'],
          Attributes: { RawMessageDelivery: 'true' },
        }),
      );
      return {
        topicArn: String(TopicArn),
        received: observe(sqs, String(QueueUrl), external ? asDelivered : withDefaultVariant),
      };
    },
    close: async () => {
      sns.destroy();
      sqs.destroy();
      await close();
    },
  };
}

/** A client with made-up credentials, without retries that hide a failure. */
export function snsClient(endpoint: string, config: SNSClientConfig = {}): SNSClient {
  return new SNSClient({ ...clientConfig(endpoint), ...config });
}

function clientConfig(endpoint: string) {
  return {
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  };
}

function observe(
  sqs: SQSClient,
  QueueUrl: string,
  read: (message: Message) => Message,
): ObservedTopic['received'] {
  const seen: Message[] = [];
  const poll = async () => {
    const { Messages = [] } = await sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: 1,
        MessageAttributeNames: ['All'],
      }),
    );
    for (const message of Messages) {
      seen.push(read(message));
      await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
    return Messages.length;
  };
  return async matches => {
    while (!seen.some(matches) && (await poll()) > 0);
    return seen.filter(matches);
  };
}

function asDelivered(message: Message): Message {
  return message;
}

/** `fauxqs` delivers a message of `MessageStructure: json` as it stands, where SNS gives a queue its `default`. */
function withDefaultVariant(message: Message): Message {
  const variants = JSON.parse(String(message.Body)) as { readonly default: string };
  return { ...message, Body: variants.default };
}

async function startFauxqs(): Promise<{ endpoint: string; close: () => Promise<void> }> {
  // `startFauxqs` would listen on every interface of the machine.
  const app = buildApp({ logger: false, defaultRegion: 'us-east-1' });
  const endpoint = await app.listen({ port: 0, host: '127.0.0.1' });
  return { endpoint, close: () => app.close() };
}
