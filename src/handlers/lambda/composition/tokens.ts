import type { ServiceIdentifier } from 'inversify';
import type { IntakeStarter } from '../../../domain/intake/intake-starter.ts';
import type { UploadRecorder } from '../../../domain/intake/upload-recorder.ts';
import type { AlertChannel } from '../../../ports/alert-channel.ts';
import type { AuditLog } from '../../../ports/audit-log.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { ObjectStore } from '../../../ports/object-store.ts';
import type { UploadLedger } from '../../../ports/upload-ledger.ts';
import type { WorkflowEngine } from '../../../ports/workflow-engine.ts';

/** Under which names ports and services are bound. */
export const tokens = {
  alertChannel: token<AlertChannel>('AlertChannel'),
  auditLog: token<AuditLog>('AuditLog'),
  clock: token<Clock>('Clock'),
  objectStore: token<ObjectStore>('ObjectStore'),
  uploadLedger: token<UploadLedger>('UploadLedger'),
  workflowEngine: token<WorkflowEngine>('WorkflowEngine'),
  intakeStarter: token<IntakeStarter>('IntakeStarter'),
  uploadRecorder: token<UploadRecorder>('UploadRecorder'),
};

function token<Service>(name: string): ServiceIdentifier<Service> {
  return Symbol.for(`sallyport.${name}`) as ServiceIdentifier<Service>;
}
