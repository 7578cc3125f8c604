import type { Handler } from 'aws-lambda';
import { tokens } from './composition/tokens.ts';
import { uploadWriterContainer } from './composition/upload-writer-container.ts';
import { readEnvironment } from './environment.ts';
import { type RecordedUpload, recordUpload } from './record-upload.ts';
import { createTelemetry, observed } from './telemetry.ts';
import { uploadWriterEnvironment } from './upload-writer.env.ts';

const environment = readEnvironment(uploadWriterEnvironment, process.env);
const telemetry = await createTelemetry(process.env);
const container = uploadWriterContainer(environment, telemetry);

/** One upload of the intake workflow in; its row in the uploads table out. */
export const handler: Handler<unknown, RecordedUpload> = (input, context) =>
  observed(telemetry, context, () => recordUpload(input, container.get(tokens.uploadRecorder), telemetry));
