import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import type { Queue } from 'aws-cdk-lib/aws-sqs';
import type { Construct } from 'constructs';
import type { LambdaService } from './lambda-service.ts';

export interface QueueConsumption {
  /** A queue that the consumer's role may receive from. */
  readonly queue: Queue;
  readonly consumer: LambdaService;
  /** Messages in one invocation, 1 to 10. */
  readonly batchSize: number;
  /** Invocations at one time, 2 to 1000. */
  readonly maximumConcurrency: number;
}

/** Hands the messages of a queue to a function, which answers those that failed. */
export function consumeQueue(scope: Construct, id: string, consumption: QueueConsumption): void {
  const { queue, consumer, batchSize, maximumConcurrency } = consumption;
  const mapping = new CfnEventSourceMapping(scope, id, {
    eventSourceArn: queue.queueArn,
    functionName: consumer.function.functionName,
    batchSize,
    functionResponseTypes: ['ReportBatchItemFailures'],
    // Throttles without burning receives, which reserved concurrency would (Lambda guide, "SQS event source").
    scalingConfig: { maximumConcurrency },
  });
  // Lambda checks that the role may receive when the mapping is made.
  mapping.node.addDependency(consumer.role);
}
