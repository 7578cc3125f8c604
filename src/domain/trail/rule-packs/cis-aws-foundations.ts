import type { TrailRulesFile } from '../trail-rules-file.ts';
import { cisAccessRules } from './cis-access-rules.ts';
import { cisConfigurationRules } from './cis-configuration-rules.ts';

/**
 * The monitoring section of the CIS AWS Foundations Benchmark (v1.4 to v6, in the numbers of v3 and v5). Where the metric
 * filter of the benchmark is known to take in too much or too little, the rule says so. All of them take in what was
 * tried and refused, as the benchmark does.
 */
export const cisAwsFoundations: TrailRulesFile = { rules: [...cisAccessRules, ...cisConfigurationRules] };
