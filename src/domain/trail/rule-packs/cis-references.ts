/**
 * Where a control of the benchmark's monitoring section stands.
 *
 * @param control Its number: `4.1`.
 * @param securityHub The number of the same control in Security Hub: `CloudWatch.2`.
 */
export function cisReferences(control: string, securityHub?: number): string[] {
  const page = 'https://docs.aws.amazon.com/securityhub/latest/userguide/cloudwatch-controls.html';
  return [
    `CIS AWS Foundations Benchmark v3.0.0, ${control}`,
    'https://www.cisecurity.org/benchmark/amazon_web_services',
    ...(securityHub === undefined ? [] : [`${page}#cloudwatch-${securityHub}`]),
  ];
}
