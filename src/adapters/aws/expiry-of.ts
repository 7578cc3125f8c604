const secondsPerDay = 86_400;

/** The second, since 1970, from which DynamoDB may delete an item that is kept for so many days; rounded up. */
export function expiryOf(since: string, retentionDays: number): number {
  return Math.ceil(Date.parse(since) / 1000) + retentionDays * secondsPerDay;
}
