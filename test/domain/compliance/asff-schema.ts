/**
 * What Security Hub takes, of the attributes that are used here: required ones, lengths, numbers and values as
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsSecurityFinding.html and the types it names have them,
 * and no attribute that is the customer's (`Note`, `UserDefinedFields`, `VerificationState`, `Workflow`:
 * https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_BatchImportFindings.html).
 */
const text = (maxLength: number, minLength = 1) => ({ type: 'string', minLength, maxLength });
const time = {
  type: 'string',
  pattern: '^\\d{4}-\\d{2}-\\d{2}T\\d{2}:\\d{2}:\\d{2}(\\.\\d{1,9})?(Z|[+-]\\d{2}:?\\d{2})$',
};
const strict = (properties: Readonly<Record<string, object>>, required: readonly string[]) => ({
  type: 'object',
  properties,
  required,
  additionalProperties: false,
});

const severity = strict(
  { Label: { enum: ['INFORMATIONAL', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL'] }, Original: text(64) },
  ['Label'],
);

const types = {
  type: 'array',
  maxItems: 50,
  items: {
    type: 'string',
    pattern:
      '^(Software and Configuration Checks|TTPs|Effects|Unusual Behaviors|Sensitive Data Identifications)(/[^/]+){0,2}$',
  },
};

export const asffSchema = strict(
  {
    SchemaVersion: { const: '2018-10-08' },
    Id: text(512),
    ProductArn: {
      ...text(2048, 12),
      pattern: '^arn:(aws|aws-cn|aws-us-gov):securityhub:[a-z0-9-]+:(\\d{12}):product/\\d{12}/default$',
    },
    ProductName: text(128),
    GeneratorId: text(512),
    AwsAccountId: { type: 'string', pattern: '^\\d{12}$' },
    Types: types,
    FindingProviderFields: strict({ Severity: severity, Types: types }, []),
    FirstObservedAt: time,
    LastObservedAt: time,
    CreatedAt: time,
    UpdatedAt: time,
    Severity: severity,
    Title: text(256),
    Description: text(1024),
    Remediation: strict({ Recommendation: strict({ Text: text(512), Url: text(2048) }, []) }, []),
    ProductFields: {
      type: 'object',
      maxProperties: 50,
      propertyNames: text(128),
      additionalProperties: text(2048, 0),
    },
    Resources: {
      type: 'array',
      minItems: 1,
      maxItems: 32,
      items: strict(
        {
          Type: {
            enum: [
              'AwsAccount',
              'AwsS3Bucket',
              'AwsDynamoDbTable',
              'AwsSnsTopic',
              'AwsSqsQueue',
              'AwsKmsKey',
              'AwsSecretsManagerSecret',
              'Other',
            ],
          },
          Id: text(2048),
          Partition: { enum: ['aws', 'aws-cn', 'aws-us-gov'] },
          Region: text(16),
        },
        ['Type', 'Id'],
      ),
    },
    Compliance: strict(
      {
        Status: { enum: ['PASSED', 'WARNING', 'FAILED', 'NOT_AVAILABLE'] },
        RelatedRequirements: { type: 'array', maxItems: 32, items: text(512) },
        StatusReasons: {
          type: 'array',
          items: strict({ ReasonCode: text(128), Description: text(2048) }, ['ReasonCode']),
        },
      },
      [],
    ),
    RecordState: { enum: ['ACTIVE', 'ARCHIVED'] },
  },
  [
    'SchemaVersion',
    'Id',
    'ProductArn',
    'GeneratorId',
    'AwsAccountId',
    'CreatedAt',
    'UpdatedAt',
    'Severity',
    'Types',
    'Title',
    'Description',
    'Resources',
  ],
);
