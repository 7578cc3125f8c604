import type { Alert } from '../../ports/alert-channel.ts';

/** UTF-16 units of a title, with its severity, and of a text; a section of a Slack message takes 3,000 characters. */
const longestTitle = 250;
const longestText = 2500;
/** UTF-16 units of a value that a custom action may use. */
const longestContext = 1024;

/**
 * An alert in the one form that Amazon Q Developer in chat applications shows of what is not AWS's own; it drops all else
 * ("Custom notifications", https://docs.aws.amazon.com/chatbot/latest/adminguide/custom-notifs.html). All alerts under
 * one correlation id come in one thread.
 *
 * The text stands in a block of code, and nothing in it or in the title is read as markup, a mention or a link: it may
 * hold what an attacker wrote.
 */
export function chatNotification(alert: Alert): string {
  const { id, kind, severity, account, title, text, correlationId, occurredAt } = alert;
  const prefix = `${severity.toUpperCase()}: `;
  // One unit is for the mark of what is cut.
  const ownTitle = plain(title.replaceAll(/\s+/g, ' ').trim()) || plain(kind);
  const shownTitle = cut(ownTitle, longestTitle - prefix.length - 1).toWellFormed();
  return JSON.stringify({
    version: '1.0',
    source: 'custom',
    id: id.toWellFormed(),
    content: {
      textType: 'client-markdown',
      title: `${prefix}${shownTitle}`,
      description: `\`\`\`\n${literal(cut(text, longestText))}\n\`\`\``,
      keywords: [severity, kind, ...(account === undefined ? [] : [account])].map(plain),
    },
    metadata: {
      threadId: (correlationId ?? id).toWellFormed(),
      summary: shownTitle,
      eventType: plain(kind),
      additionalContext: {
        severity,
        occurredAt,
        ...(account === undefined ? {} : { account: cut(account, longestContext).toWellFormed() }),
      },
    },
  });
}

function cut(text: string, limit: number): string {
  return text.length > limit ? `${text.slice(0, limit)}…` : text;
}

/** What Slack and Microsoft Teams read in a line of text as markup, a mention or a link; within code, only the first few. */
const lookAlikes: Readonly<Record<string, string>> = {
  '<': '‹',
  '>': '›',
  '`': 'ˋ',
  '&': '＆',
  '*': '∗',
  _: 'ˍ',
  '~': '∼',
  '[': '［',
  ']': '］',
  '|': '∣',
  '@': '＠',
};

/** A text within a block of code. Look-alikes stand for what would end or leave it. */
function literal(text: string): string {
  return text.toWellFormed().replaceAll(/[<>`]/g, character => lookAlikes[character] ?? '');
}

/** A text in a line of its own, of which nothing is read as markup; a bare address of a page is no link. */
function plain(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[<>`&*_~[\]|@]/g, character => lookAlikes[character] ?? '')
    .replaceAll('://', '∶//');
}
