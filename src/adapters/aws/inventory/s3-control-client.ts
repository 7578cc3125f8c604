import { S3ControlClient, type S3ControlClientConfig } from '@aws-sdk/client-s3-control';

/**
 * A client of S3 Control that also takes an endpoint with a numeric address: the SDK puts the account's number before
 * the endpoint's name, which no such address can have. The account stands in `x-amz-account-id`, too.
 */
export function s3ControlClient(config: S3ControlClientConfig): S3ControlClient {
  const client = new S3ControlClient(config);
  const resolve = client.config.endpointProvider;
  client.config.endpointProvider = (parameters, context) => {
    const given = parameters.Endpoint === undefined ? undefined : new URL(parameters.Endpoint);
    const isNumeric = given !== undefined && /^(\d{1,3}(\.\d{1,3}){3}|\[.*\])$/.test(given.hostname);
    return isNumeric ? { url: given } : resolve(parameters, context);
  };
  return client;
}
