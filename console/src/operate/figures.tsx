/** How the server fares as a whole. */

import type { State } from "./server";
import { bytes } from "./words";

export function Figures({ state }: { state: State }) {
  const { sessions, sessionsMax, memoryBytes, cpuPercent, queues, version } = state;
  return (
    <dl class="figures">
      <Figure name="sessions" value={`${sessions.length} of ${sessionsMax}`} />
      {memoryBytes !== undefined && <Figure name="memory" value={bytes(memoryBytes)} />}
      {cpuPercent !== undefined && <Figure name="processor, of one core" value={`${Math.round(cpuPercent)} %`} />}
      {Object.entries(queues).map(([engine, waiting]) => (
        <Figure key={engine} name={`waiting for ${engine}`} value={String(waiting)} />
      ))}
      <Figure name="version" value={version} />
    </dl>
  );
}

function Figure({ name, value }: { name: string; value: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </div>
  );
}
