import { type QueryAnswer, QueryError, type QueryParameters } from './query-protocol.ts';

/** Tags as EC2 answers them. */
export function tagSet(tags: ReadonlyMap<string, string>): QueryAnswer {
  return [...tags].map(([key, value]) => ({ key, value }));
}

/** The tags that a call gives to what it creates. */
export function readTags(parameters: QueryParameters, resourceType: string): Map<string, string> {
  const specifications = parameters.structures('TagSpecification');
  if (specifications.some(specification => specification.text('ResourceType') !== resourceType)) {
    throw new QueryError('InvalidParameterValue', `Only tags of a ${resourceType} are taken`);
  }
  const tags = specifications.flatMap(specification => specification.structures('Tag'));
  return new Map(tags.map(tag => [tag.text('Key'), tag.optionalText('Value') ?? '']));
}
