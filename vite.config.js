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
      // The board brings its charts and its map with it; other pages do not load them.
      input: {
        app: "src/townwright/site/frontend/app.js",
        board: "src/townwright/site/frontend/board.js",
        calculator: "src/townwright/site/frontend/calculator.js",
        public: "src/townwright/site/frontend/public.css",
      },
      output: { entryFileNames: "[name].js", chunkFileNames: "[name].js", assetFileNames: "[name][extname]" },
    },
  },
});
