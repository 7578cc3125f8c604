/** Context of a deployment with every part that an option can add. */
export const wholePipeline = {
  account: '111122223333',
  region: 'eu-central-1',
  createNetwork: 'true',
  backupPlan: 'true',
  databaseSecret: 'true',
  trailLogObjectLock: 'true',
  complianceLogObjectLock: 'true',
  backupVaultLock: 'true',
  remediationMode: 'contain',
  responderArns: 'arn:aws:iam::111122223333:role/responder',
  securityHub: 'true',
  scanAccounts: '111122223333,444455556666',
  thirdPartyPrincipal: 'arn:aws:iam::444455556666:role/sender',
  thirdPartyExternalId: 'documentation-example',
  thirdPartyAddresses: '203.0.113.0/24',
  permissionsBoundary: 'team-boundary',
};
