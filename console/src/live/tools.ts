/** Two functions every page can answer for, so that calls can be seen without writing any. */

import type { FunctionCall, FunctionDeclaration, FunctionResponse } from "./messages";

interface BuiltIn {
  declaration: FunctionDeclaration;
  run(args: Record<string, unknown>): Record<string, unknown>;
}

export const BUILT_IN: readonly BuiltIn[] = [
  {
    declaration: { name: "get_time", description: "Tells the time and the date where the user is" },
    run: () => ({ time: new Date().toLocaleString() }),
  },
  {
    declaration: {
      name: "roll_dice",
      description: "Rolls a die and tells what it shows",
      parameters: { type: "OBJECT", properties: { sides: { type: "INTEGER", description: "How many sides it has" } } },
    },
    run: (args) => {
      const sides = Math.min(1_000, Math.max(2, Math.floor(Number(args.sides ?? 6)) || 6));
      return { rolled: 1 + Math.floor(Math.random() * sides) };
    },
  },
];

/** What a call gives; one of a function nobody here knows is told so. */
export function answer(call: FunctionCall): FunctionResponse {
  const known = BUILT_IN.find(({ declaration }) => declaration.name === call.name);
  const response = known
    ? { output: known.run(call.args ?? {}) }
    : { error: `this page has no function ${call.name}; it only shows the call` };
  return { ...(call.id ? { id: call.id } : {}), name: call.name, response };
}
