import { defineConfig } from "vite";

export default defineConfig({
  // Chunks find each other beside themselves, wherever the static files are served from.
  base: "./",
  build: {
    outDir: "src/townwright/site/static/townwright/dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 900,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      // htmx can run code from attributes, which app.js switches off.
      checks: { eval: false },
      input: "src/townwright/site/frontend/app.js",
      output: { entryFileNames: "app.js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
