/** How long the answers took, and what was used. */

import { latencies, tokens } from "../state";
import { BINS, type Spread, spreadOf } from "../waits";

export function Figures() {
  const spread = spreadOf(latencies.value);
  return (
    <dl class="figures">
      <div>
        <dt>last answer after</dt>
        <dd>{ms(latencies.value.at(-1))}</dd>
      </div>
      {spread && (
        <div>
          <dt>{answers(spread.count)}</dt>
          <dd>
            <Picture spread={spread} />
          </dd>
        </div>
      )}
      <div>
        <dt class="at median">median</dt>
        <dd>{ms(spread?.median)}</dd>
      </div>
      <div>
        <dt class="at p95">95 % within</dt>
        <dd>{ms(spread?.p95)}</dd>
      </div>
      <div>
        <dt>longest</dt>
        <dd>{ms(spread?.longest)}</dd>
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

const WIDTH = 5 * BINS;
const HEIGHT = 22;
/** A bar of that many waits is as high as the picture, if no other has more. */
const FULL_LEAST = 3;

function Picture({ spread }: { spread: Spread }) {
  const { bins, top, median, p95, longest } = spread;
  const full = Math.max(FULL_LEAST, ...bins);
  const said = `${answers(spread.count)}: median ${ms(median)}, 95 % within ${ms(p95)}, longest ${ms(longest)}`;
  return (
    <div class="spread">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={said}>
        {bins.map((count, bin) => {
          const height = count && Math.max(2, (HEIGHT * count) / full);
          const beyond = bin === BINS - 1 && longest > top;
          const bar = { x: 5 * bin + 0.5, y: HEIGHT - height, width: 4, height };
          return <rect key={bin} class={beyond ? "beyond" : ""} {...bar} />;
        })}
        <Line at={p95 / top} name="p95" />
        <Line at={median / top} name="median" />
      </svg>
      <span aria-hidden="true">0</span>
      <span aria-hidden="true">{longest > top ? `${ms(top)} and more` : ms(top)}</span>
    </div>
  );
}

function Line({ at, name }: { at: number; name: string }) {
  const x = Math.min(WIDTH - 1, Math.max(1, WIDTH * at));
  return <line class={name} x1={x} x2={x} y1="0" y2={HEIGHT} />;
}

function answers(count: number): string {
  return count === 1 ? "1 answer" : `${count} answers`;
}

function ms(value: number | undefined): string {
  return value === undefined ? "–" : `${value} ms`;
}
