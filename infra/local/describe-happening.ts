import type { Happening } from './local-pipeline.ts';
import { replicator } from './s3/replication.ts';

/** One line for a person who watches. Texts from outside are shown with their invisible characters spelled out. */
export function describeHappening(happening: Happening): string {
  switch (happening.kind) {
    case 'uploaded': {
      const { bucket, key, size, accessKeyId } = happening.event;
      return line(
        accessKeyId === replicator ? 'replicated' : 'uploaded',
        `s3://${bucket}/${key} (${size} bytes)`,
      );
    }
    case 'execution':
      return describeExecution(happening.detail);
    case 'published': {
      const { attributes, subject, message, topicArn } = happening.message;
      // A rule cannot give a message attributes or a subject: then the alert itself tells.
      const kind = attributes['kind'] ?? memberOf(message, 'kind') ?? 'no kind';
      const text = subject ?? memberOf(message, 'title') ?? message.slice(0, longestText);
      const topic = topicArn.split(':').at(-1) ?? topicArn;
      const key = memberOf(message, 'details', 'key');
      const named = key === undefined ? text : `${key}: ${text}`;
      return line(kind.endsWith('.refused') ? 'refused' : 'announced', `${named} [${kind}, ${topic}]`);
    }
    case 'called': {
      const { method, resourcePath = '(no operation)', status, api } = happening.call;
      return line('called', `${method} ${resourcePath}: ${status} [${api}]`);
    }
    case 'denied': {
      const { principal, action, resource, explanation } = happening.denial;
      return line('denied', `${principal.split('/').at(-1)}: ${action} on ${resource}: ${explanation}`);
    }
    case 'dead-lettered':
      return line('dead-lettered', `${happening.queue} holds ${happening.depth}`);
    case 'fault':
      return line('fault', happening.text);
  }
}

/** An execution of the intake is about an object; any other has only its state machine and a name. */
function describeExecution(detail: Extract<Happening, { kind: 'execution' }>['detail']): string {
  const { status, name, input, error, stateMachineArn } = detail;
  const key = memberOf(input ?? 'null', 'key');
  const execution = `${key ?? stateMachineArn.split(':').at(-1)} as execution ${name}`;
  const what = key ?? execution;
  if (status === 'RUNNING') return line(key === undefined ? 'began' : 'admitted', execution);
  if (status === 'SUCCEEDED') return line(key === undefined ? 'ended' : 'recorded', what);
  return line('failed', `${what}: ${status}${error === null ? '' : ` (${error})`}`);
}

const longestText = 120;
const columnWidth = 14;

function line(what: string, text: string): string {
  return `${what.padEnd(columnWidth)}${spellOut(text)}`;
}

/** A text within a JSON object, by its path; `undefined` where the JSON, a member or the text is none. */
function memberOf(json: string, ...path: readonly string[]): string | undefined {
  try {
    const member = path.reduce<unknown>(
      (value, name) => (typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined),
      JSON.parse(json),
    );
    return typeof member === 'string' ? member : undefined;
  } catch {
    return undefined;
  }
}

/** A key may hold terminal escapes or characters that reorder a line: it is shown, not obeyed. */
function spellOut(text: string): string {
  return text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, character => `\\u{${character.codePointAt(0)?.toString(16)}}`);
}
