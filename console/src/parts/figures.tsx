/** How long the answers took, and what was used. */

import { latencies, tokens } from "../state";

export function Figures() {
  const sorted = latencies.value.toSorted((a, b) => a - b);
  const most = Math.max(1, ...sorted);
  return (
    <dl class="figures">
      <div>
        <dt>last answer after</dt>
        <dd>{ms(latencies.value.at(-1))}</dd>
      </div>
      <div>
        <dt>median of {sorted.length}</dt>
        <dd>{ms(sorted[Math.floor(sorted.length / 2)])}</dd>
      </div>
      <div>
        <dt>all of them</dt>
        <dd>
          <svg viewBox="0 0 100 16" role="img" aria-label={`${sorted.length} answers, up to ${ms(most)}`}>
            {sorted.map((latency, index) => (
              <circle key={index} cx={2 + (96 * latency) / most} cy="8" r="2" />
            ))}
          </svg>
        </dd>
      </div>
      <div>
        <dt>tokens in, out</dt>
        <dd>
          {tokens.value.prompt}, {tokens.value.response}
        </dd>
      </div>
    </dl>
  );
}

function ms(value: number | undefined): string {
  return value === undefined ? "–" : `${value} ms`;
}
