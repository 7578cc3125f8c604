import { CfnQueryDefinition } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

export interface SavedQueriesProps {
  readonly environmentName: string;
  /** Names of all log groups of the pipeline. */
  readonly logGroups: readonly string[];
}

/** CloudWatch Logs Insights searches so many log groups at once. */
const mostLogGroups = 50;

/** A line of a function of ours that tells of an error, or of Lambda's own that tells of a function's end. */
export const isError = `level = "ERROR" or @message like /Task timed out|Runtime exited|Runtime\\.\\w+/`;

/**
 * Queries of CloudWatch Logs Insights for those who look into something, under `sallyport/<environment>/` among the
 * console's saved queries.
 */
export class SavedQueries extends Construct {
  constructor(scope: Construct, id: string, { environmentName, logGroups }: SavedQueriesProps) {
    super(scope, id);
    const functions = logGroups.filter(name => name.startsWith('/aws/lambda/'));
    const workflow = `/aws/vendedlogs/states/sallyport-intake-${environmentName}`;
    const trigger = `/aws/lambda/sallyport-intake-trigger-${environmentName}`;
    const api = `/aws/apigateway/sallyport-documents-${environmentName}`;
    const queries: Readonly<Record<string, [groups: readonly string[], lines: readonly string[]]>> = {
      'errors-by-function': [
        functions,
        [
          `filter ${isError}`,
          'stats count(*) as errors, max(@timestamp) as latest by @log, message, error.name',
          'sort errors desc',
        ],
      ],
      'upload-by-correlation-id': [
        [...functions, workflow],
        [
          'fields @timestamp, @log, level, message, @message',
          'filter @message like "PUT-THE-CORRELATION-ID-HERE"',
          'sort @timestamp asc',
        ],
      ],
      'refused-uploads': [
        [trigger],
        [
          'fields @timestamp, correlationId, bucket, key, codes.0 as reason',
          'filter message = "Upload refused"',
          'sort @timestamp desc',
        ],
      ],
      'slow-invocations': [
        functions,
        [
          'filter @type = "REPORT"',
          'fields @timestamp, @log, @requestId, @duration, @initDuration, @maxMemoryUsed, @memorySize',
          'sort @duration desc',
          'limit 50',
        ],
      ],
      'api-refusals-by-caller': [
        [api],
        [
          'filter status >= 400',
          'stats count(*) as refusals, max(@timestamp) as latest by caller, apiKeyId, ip, status, refusal',
          'sort refusals desc',
        ],
      ],
    };
    for (const [name, [groups, lines]] of Object.entries(queries)) {
      this.refuse(name, groups, logGroups);
      new CfnQueryDefinition(this, name, {
        name: `sallyport/${environmentName}/${name}`,
        logGroupNames: [...groups],
        queryString: lines.join('\n| '),
      });
    }
  }

  private refuse(name: string, groups: readonly string[], known: readonly string[]): void {
    const unknown = groups.filter(group => !known.includes(group));
    if (unknown.length > 0)
      throw new Error(`${this.node.path}: ${name} looks into ${unknown.join(', ')}, which is not there.`);
    if (groups.length > mostLogGroups) {
      throw new Error(
        `${this.node.path}: ${name} looks into ${groups.length} log groups, and ${mostLogGroups} are the most.`,
      );
    }
  }
}
