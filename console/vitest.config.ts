import { defineConfig } from "vitest/config";

export default defineConfig({ define: { ANTIPHON_VERSION: '"test"' } });
