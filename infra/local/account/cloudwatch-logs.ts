import * as z from 'zod';
import { createJsonService, JsonError, readInput } from './json-protocol.ts';
import type { LocalService } from './local-service.ts';
import { pageByName } from './page-by-name.ts';

export interface LocalLogGroupOptions {
  readonly region: string;
  readonly name: string;
  /** ARN. @default a key of CloudWatch Logs */
  readonly kmsKeyId?: string;
  /** @default for ever */
  readonly retentionInDays?: number;
  readonly tags?: Readonly<Record<string, string>>;
}

type LocalLogGroup = LocalLogGroupOptions & { readonly arn: string };

/** The log groups of an account, without their events. */
export class LocalLogGroups {
  readonly #accountId: string;
  readonly #groups = new Map<string, LocalLogGroup>();

  constructor(accountId: string) {
    this.#accountId = accountId;
  }

  /** Adds a group, or takes the place of the one with its ARN, which it gives: without the `:*` of its streams. */
  add(options: LocalLogGroupOptions): string {
    const arn = `arn:aws:logs:${options.region}:${this.#accountId}:log-group:${options.name}`;
    this.#groups.set(arn, { ...options, arn });
    return arn;
  }

  list(region: string): LocalLogGroup[] {
    return [...this.#groups.values()].filter(group => group.region === region);
  }

  find(arn: string): LocalLogGroup | undefined {
    return this.#groups.get(arn);
  }
}

const page = z.looseObject({
  logGroupNamePrefix: z.string().min(1).max(512).optional(),
  limit: z.number().int().min(1).max(50).default(50),
  nextToken: z.string().optional(),
});

const byArn = z.looseObject({ resourceArn: z.string().min(1) });

const invalid = 'InvalidParameterException';

/** What CloudWatch Logs tells of log groups. */
export function createCloudWatchLogsService(groups: LocalLogGroups): LocalService {
  return createJsonService({
    target: 'Logs_20140328',
    actions: {
      DescribeLogGroups: (input, region) => {
        const { logGroupNamePrefix = '', limit, nextToken } = readInput(page, input, invalid);
        const matching = groups.list(region).filter(({ name }) => name.startsWith(logGroupNamePrefix));
        const { page: found, next } = pageByName(matching, group => group.name, limit, nextToken);
        return { logGroups: found.map(describe), ...(next === undefined ? {} : { nextToken: next }) };
      },
      ListTagsForResource: input => {
        const group = groups.find(readInput(byArn, input, invalid).resourceArn);
        if (group !== undefined) return { tags: group.tags ?? {} };
        throw new JsonError('ResourceNotFoundException', 'The specified log group does not exist.');
      },
    },
  });
}

function describe({ name, arn, kmsKeyId, retentionInDays }: LocalLogGroup): object {
  return {
    logGroupName: name,
    arn: `${arn}:*`,
    logGroupArn: arn,
    metricFilterCount: 0,
    storedBytes: 0,
    logGroupClass: 'STANDARD',
    ...(kmsKeyId === undefined ? {} : { kmsKeyId }),
    ...(retentionInDays === undefined ? {} : { retentionInDays }),
  };
}
