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

/** A queue that a test sends to. */
export interface ObservedQueue {
  readonly queueArn: string;
  /** Every message so far, without waiting for one that is on its way. */
  received(): Promise<readonly Message[]>;
}

/** An SNS and an SQS to test against. */
export interface MessagingEndpoint {
  readonly sns: SNSClient;
  readonly sqs: SQSClient;
  /** Creates a queue under a name that is free. */
  createQueue(label: string): Promise<ObservedQueue>;
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
  const createQueue = async (QueueName: string) => {
    const { QueueUrl } = await sqs.send(new CreateQueueCommand({ QueueName }));
    const { Attributes } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ['QueueArn'] }),
    );
    return { queueUrl: String(QueueUrl), queueArn: String(Attributes?.['QueueArn']) };
  };
  return {
    sns,
    sqs,
    createQueue: async label => {
      const { queueUrl, queueArn } = await createQueue(`${label}-${crypto.randomUUID()}`);
      const inbox = new Inbox(sqs, queueUrl);
      const received = async () => {
        while ((await inbox.poll(0)) > 0);
        return inbox.messages;
      };
      return { queueArn, received };
    },
    createTopic: async label => {
      const name = `${label}-${crypto.randomUUID()}`;
      const { TopicArn } = await sns.send(new CreateTopicCommand({ Name: name }));
      const { queueUrl, queueArn } = await createQueue(name);
      await sns.send(
        new SubscribeCommand({
          TopicArn,
          Protocol: 'sqs',
          Endpoint: queueArn,
          Attributes: { RawMessageDelivery: 'true' },
        }),
      );
      return {
        topicArn: String(TopicArn),
        received: observe(new Inbox(sqs, queueUrl), external ? asDelivered : withDefaultVariant),
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

/** What came out of a queue. */
class Inbox {
  readonly messages: Message[] = [];
  readonly #sqs: SQSClient;
  readonly #queueUrl: string;

  constructor(sqs: SQSClient, queueUrl: string) {
    this.#sqs = sqs;
    this.#queueUrl = queueUrl;
  }

  /** Takes messages off the queue, and gives their number. */
  async poll(waitSeconds: number): Promise<number> {
    const QueueUrl = this.#queueUrl;
    const { Messages = [] } = await this.#sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        WaitTimeSeconds: waitSeconds,
        MessageAttributeNames: ['All'],
      }),
    );
    for (const message of Messages) {
      this.messages.push(message);
      await this.#sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle: message.ReceiptHandle }));
    }
    return Messages.length;
  }
}

function observe(inbox: Inbox, read: (message: Message) => Message): ObservedTopic['received'] {
  return async matches => {
    const found = () => inbox.messages.map(read).filter(matches);
    while (found().length === 0 && (await inbox.poll(1)) > 0);
    return found();
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
