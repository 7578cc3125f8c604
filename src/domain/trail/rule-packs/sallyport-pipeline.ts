import type { TrailRulesFile } from '../trail-rules-file.ts';
import { pipelineOperationRules } from './pipeline-operation-rules.ts';
import { pipelineProtectionRules } from './pipeline-protection-rules.ts';

/**
 * Someone changes what the pipeline is made of: what would blind it, stop it, or let others in. It goes by the names that
 * the templates give (`sallyport-…`), and takes in deployments too: suppress those by the role that deploys.
 */
export const sallyportPipeline: TrailRulesFile = {
  rules: [...pipelineProtectionRules, ...pipelineOperationRules],
};
