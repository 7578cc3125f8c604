import * as z from 'zod';
import { accountId, flag, list, regionName, whole } from './configuration-values.ts';

/** How CloudTrail logs are searched, told of, verified and searched again. */
export const trailConfiguration = {
  /** Create a trail of the account. Without it the trail's bucket takes the logs of trails that are there already. */
  createTrail: flag.default(true),
  /** What the analyzer looks for: the name of a rule pack, or the path of a rules file. */
  trailRules: z.string().min(1).default('account-changes'),
  /** What stands before `AWSLogs/` in the keys of the logs, the trail's own prefix, without a slash at either end. */
  trailLogPrefix: z
    .string()
    // It becomes part of a policy's resource, where these would stand for other text.
    .regex(/^(?:[^/*?$]+(?:\/[^/*?$]+)*)?$/, 'must be parts of a key with / between them, without *, ? and $')
    .max(200)
    .default(''),
  /** Days after which CloudTrail's logs, their non-current versions and the access logs of their bucket expire. */
  trailLogExpiryDays: whole(1, 3650).default(365),
  /** Days for which a matched event is kept. */
  trailEventRetentionDays: whole(1, 3650).default(365),
  /** Announced logs in one invocation of the analyzer. */
  trailBatchSize: whole(1, 10).default(5),
  /** Invocations of the analyzer at one time for each of its queues: logs, and with `trailEventRules` events. */
  trailMaximumConcurrency: whole(2, 1000).default(5),
  /** Receives of one announcement before it goes to the dead-letter queue. */
  trailMaxReceiveCount: whole(1, 1000).default(5),
  /** Days for which the trail queue keeps an announcement; the dead-letter queue's 14 must exceed it. */
  trailRetentionDays: whole(4, 13).default(7),
  /** Seconds the analyzer may take for one batch. */
  trailAnalyzerTimeoutSeconds: whole(1, 900).default(120),
  /** MiB of memory for the analyzer. */
  trailAnalyzerMemoryMegabytes: whole(128, 10_240).default(1024),
  /** Seconds the keeper of dead letters may take for one batch. */
  deadLetterKeeperTimeoutSeconds: whole(1, 900).default(30),
  /**
   * Minutes that a log may wait for the analyzer, or a dead letter for its keeper, before an alarm. Longer than one log
   * that cannot be read counts as waiting: SQS leaves a message out of the age once it was received three times, which
   * takes 36 minutes at the default time-out.
   */
  trailOldestMessageMinutes: whole(1, 1440).default(45),
  /**
   * Make a bucket from which the rules are read while the analyzer runs: what is put there as `rules.json` takes the place
   * of `trailRules` within `trailRulesRefreshSeconds`, once it has been found good. A file that is not good changes nothing,
   * and raises an alarm.
   */
  trailRulesBucket: flag.default(false),
  /** Seconds after which a running analyzer looks again whether the rules of that bucket have changed. */
  trailRulesRefreshSeconds: whole(1, 86_400).default(60),
  /**
   * Judge what CloudTrail tells EventBridge as well, within seconds of the call; the log files, which are complete, follow
   * within minutes. An event that comes both ways is stored and told once.
   */
  trailEventRules: flag.default(true),
  /**
   * With `region` and `trailEventRules`, make a stack in the region of global services (us-east-1; us-gov-west-1 in
   * GovCloud, which has to be bootstrapped, too) that sends the events there to the home region. Of several environments
   * with one account and home region, one is enough: each hears what any of them sends.
   */
  trailGlobalEvents: flag.default(true),
  /**
   * Minutes for which what is alike is told together: the first event of a rule, account and group at once, the others in
   * one summary.
   */
  trailAlertWindowMinutes: whole(1, 1440).default(15),
  /** Minutes between two looks at which summaries are due. */
  trailSummaryMinutes: whole(1, 60).default(5),
  /** Seconds the summarizer may take to tell what is due; what is left is told the next time. */
  trailSummarizerTimeoutSeconds: whole(10, 900).default(120),
  /**
   * Hours between two verifications of CloudTrail's digests and of the logs that they vouch for; 0 for none. Each looks at
   * the time since the one before, and at the day before that.
   */
  trailVerificationHours: whole(0, 162).default(24),
  /** Accounts whose files are verified, 12 digits each; by default all that have any in the bucket. */
  trailVerifiedAccounts: list(accountId).default([]),
  /** Regions whose files are verified; by default all that have any in the bucket. */
  trailVerifiedRegions: list(regionName).default([]),
  /** Seconds a verification may take. */
  trailVerifierTimeoutSeconds: whole(60, 900).default(900),
  /** MiB of memory for the verifier. */
  trailVerifierMemoryMegabytes: whole(512, 10_240).default(1024),
  /** Make the workflow that analyzes logs of the past. It runs when it is started, and costs nothing until then. */
  trailBackfill: flag.default(true),
  /** Invocations of the backfiller at one time: how fast it reads, and how hard it presses on tables. */
  trailBackfillConcurrency: whole(1, 1000).default(10),
  /** Seconds the backfiller may take for one batch of logs. */
  trailBackfillerTimeoutSeconds: whole(60, 900).default(900),
  /** Days for which it is kept what became of each log of a backfill; so long can one be resumed. */
  trailBackfillRetentionDays: whole(1, 3650).default(90),
};

type TrailConfiguration = z.output<z.ZodObject<typeof trailConfiguration>>;

/** Characters of the lists that the verifier is given in its environment, of the 4 KB that Lambda takes in all. */
const mostListCharacters = 2500;

/** Lists that are too long for what is made of them, one line each. */
export function trailFaults(context: TrailConfiguration): string[] {
  const names = ['trailVerifiedAccounts', 'trailVerifiedRegions'] as const;
  const listed = names.reduce((sum, name) => sum + context[name].join(',').length, 0);
  if (listed <= mostListCharacters) return [];
  return [
    `${names.join(', ')}: have ${listed} characters together, and the function's environment has room for ${mostListCharacters}; leave the longer list empty, which verifies all`,
  ];
}
