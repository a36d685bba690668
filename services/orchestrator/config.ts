/** Times in milliseconds. `orchestratorDefaults` fits production; tests shorten what they wait for. */
export interface OrchestratorConfig {
  /** How often the relay looks without being woken. */
  readonly relayEveryMs: number;
}

export const orchestratorDefaults: OrchestratorConfig = { relayEveryMs: 1000 };
