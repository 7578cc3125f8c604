import type { IncomingHttpHeaders } from 'node:http';
import type { ServiceAnswer } from './account/local-service.ts';

/** A message that a topic has accepted. */
export interface PublishedMessage {
  readonly topicArn: string;
  readonly messageId: string;
  readonly subject: string | undefined;
  /** What subscribers without a variant of their own receive. */
  readonly message: string;
  /** What e-mail subscribers would receive; nothing is sent. */
  readonly email: string;
  /** Attributes of type String and Number. */
  readonly attributes: Readonly<Record<string, string>>;
}

interface Variants {
  readonly queue: string;
  readonly fallback: string;
  readonly email: string;
}

/**
 * Passes an SNS request on. The emulator behind delivers a message of `MessageStructure: json` as it stands, where SNS
 * gives each protocol its variant (https://docs.aws.amazon.com/sns/latest/api/API_Publish.html): the choice is made
 * here, as is the note of what was published.
 */
export async function forwardTopicRequest(
  { authorization }: IncomingHttpHeaders,
  text: string,
  backend: string,
  onPublished: (message: PublishedMessage) => void,
): Promise<ServiceAnswer> {
  const form = new URLSearchParams(text);
  const prefixes = messagePrefixes(form);
  const messages = new Map<string, Variants>();
  for (const prefix of prefixes) {
    const variants = variantsOf(form, prefix);
    if (variants === undefined) return refusal;
    messages.set(prefix, variants);
    form.set(`${prefix}Message`, variants.queue);
    form.delete(`${prefix}MessageStructure`);
  }
  const answer = await fetch(backend, {
    method: 'POST',
    headers: {
      'content-type': 'application/x-www-form-urlencoded',
      ...(authorization === undefined ? {} : { authorization }),
    },
    body: form.toString(),
  });
  const body = await answer.text();
  const ids = acceptedIds(body, form);
  for (const [prefix, { fallback, email }] of messages) {
    const messageId = ids.get(prefix);
    if (!answer.ok || messageId === undefined) continue;
    onPublished({
      topicArn: form.get('TopicArn') ?? '',
      messageId,
      subject: form.get(`${prefix}Subject`) ?? undefined,
      message: fallback,
      email,
      attributes: attributesOf(form, prefix),
    });
  }
  return { status: answer.status, headers: { 'content-type': 'text/xml' }, body };
}

/** Where the messages of a request stand: the empty prefix for `Publish`, one per entry for `PublishBatch`. */
function messagePrefixes(form: URLSearchParams): readonly string[] {
  if (form.get('Action') === 'Publish') return [''];
  if (form.get('Action') !== 'PublishBatch') return [];
  return [...form.keys()].flatMap(
    key => /^(PublishBatchRequestEntries\.member\.\d+\.)Message$/.exec(key)?.[1] ?? [],
  );
}

function variantsOf(form: URLSearchParams, prefix: string): Variants | undefined {
  const message = form.get(`${prefix}Message`) ?? '';
  if (form.get(`${prefix}MessageStructure`) !== 'json') {
    return { queue: message, fallback: message, email: message };
  }
  try {
    const variants: unknown = JSON.parse(message);
    if (typeof variants !== 'object' || variants === null) return undefined;
    const { default: fallback, sqs, email }: Readonly<Record<string, unknown>> = { ...variants };
    if (typeof fallback !== 'string') return undefined;
    return {
      fallback,
      queue: typeof sqs === 'string' ? sqs : fallback,
      email: typeof email === 'string' ? email : fallback,
    };
  } catch {
    return undefined;
  }
}

function acceptedIds(body: string, form: URLSearchParams): ReadonlyMap<string, string> {
  if (form.get('Action') === 'Publish') {
    return new Map([['', /<MessageId>([^<]+)</.exec(body)?.[1] ?? '']]);
  }
  const byEntry = new Map(
    [...body.matchAll(/<Id>([^<]+)<\/Id>\s*<MessageId>([^<]+)</g)].map(([, id = '', message = '']) => [
      id,
      message,
    ]),
  );
  return new Map(
    messagePrefixes(form).flatMap(prefix => {
      const messageId = byEntry.get(form.get(`${prefix}Id`) ?? '');
      return messageId === undefined ? [] : [[prefix, messageId] as const];
    }),
  );
}

function attributesOf(form: URLSearchParams, prefix: string): Readonly<Record<string, string>> {
  const attributes: Record<string, string> = {};
  for (const [key, name] of form) {
    if (!key.startsWith(`${prefix}MessageAttributes.entry.`) || !key.endsWith('.Name')) continue;
    const value = form.get(key.replace(/Name$/, 'Value.StringValue'));
    if (value !== null) attributes[name] = value;
  }
  return attributes;
}

const refusal: ServiceAnswer = {
  status: 400,
  headers: { 'content-type': 'text/xml' },
  body:
    '<ErrorResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Type>' +
    '<Code>InvalidParameter</Code><Message>Invalid parameter: Message Structure - ' +
    'JSON message body failed to parse or has no default entry</Message></Error></ErrorResponse>',
};
