const steps = {
  instance: [
    'Find out from flow logs, DNS logs and the process list what the instance did, and since when.',
    'Rotate every credential that was on the instance, those of its role among them.',
    'Replace the instance from a trusted image; keep the snapshots as evidence.',
  ],
  target: [
    'Close the port that the finding names to all but known sources, in the security groups of the instance.',
    'Look in the logs of the instance for a sign-in, or a request, that succeeded from the addresses in the finding.',
    'Where one did, or where nobody can tell: treat the instance as compromised, and isolate it.',
  ],
  runtime: [
    'Look at the process, its parents and its file in the finding, and at whoever started it.',
    'Where it ran in a container: stop the task or pod, isolate its node, and find the image it came from.',
    'Rotate every credential that was within its reach, and replace what it ran on from a trusted image.',
  ],
  credentials: [
    'Read CloudTrail for everything that the principal did since the activity began, creation of users, keys and roles first.',
    'Undo what it created or changed; rotate its credentials; look for where they leaked.',
    'Deactivate every other long-term key of the user that is not known to be safe.',
  ],
  bucket: [
    'Read CloudTrail data events for what was read, written or deleted, and by whom.',
    'Contain the principal whose credentials were used: the finding names it.',
    'Restore what was changed from versions or backups before the bucket is opened again.',
  ],
  'account-public-access': [
    'Turn on all four settings of S3 Block Public Access for the account, unless a bucket is meant to be public.',
    'Find in CloudTrail who turned it off, and look at what else they did.',
    'Look for buckets that became public in between.',
  ],
  object: [
    'Keep readers off the object: deny reads by its GuardDuty tag, or move it into quarantine.',
    'Find out who wrote it and who has read it since.',
    'Delete the version once it is no longer needed as evidence.',
  ],
  backup: [
    'Do not restore from the snapshot, image or recovery point; deny its use.',
    'Find the last backup without the malware, and when the source was infected.',
    'Contain and examine the source if it still runs.',
  ],
  kubernetes: [
    'Find the pod, service account or user in the finding; label and isolate the pod with a network policy that denies all.',
    'Revoke what made it possible: role bindings, anonymous access, tokens of the service account, exposed dashboards.',
    'Cordon the node, keep its volumes as evidence, and redeploy from trusted images.',
  ],
  container: [
    'Stop the task or container; keep its volumes and image as evidence.',
    'Rotate the credentials of its role and its secrets.',
    'Redeploy from a trusted image.',
  ],
  database: [
    'Change the password of the database user in the finding, and end its sessions.',
    'Close the security groups of the database to all but known clients.',
    'Read the audit log for what was read and changed.',
  ],
  function: [
    'Set the reserved concurrency of the function to zero.',
    'Compare its code and layers with what was deployed; find out who changed them.',
    'Rotate the credentials of its role and its secrets.',
  ],
  'attack-sequence': [
    'Treat it as an incident at once: call the people who respond to incidents.',
    'Take every resource and principal that the sequence names and contain each; begin with the credentials.',
    'Keep evidence (logs, snapshots) before anything is cleaned up.',
  ],
  'custom-rule': [
    'Ask who made the change whether they meant to.',
    'If nobody did: undo the change, and contain the principal that made it.',
  ],
  unknown: [
    'Read what AWS documents of this type, and decide what it asks for.',
    'Contain the resource or principal by hand if it is a threat.',
  ],
} as const satisfies Record<string, readonly string[]>;

/** What a finding is about, as far as what people do about it goes; `target` is an instance that had it done to it. */
export type ManualTopic = keyof typeof steps;

export const manualTopics = Object.keys(steps) as readonly ManualTopic[];

/**
 * What people do by hand, in order, beside or in place of containment. After "Remediating detected GuardDuty security
 * findings", https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_remediate.html
 */
export function manualSteps(topic: ManualTopic): readonly string[] {
  return steps[topic];
}
