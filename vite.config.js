import { defineConfig } from "vite";

export default defineConfig({
  build: {
    outDir: "src/townwright/site/static/townwright/dist",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: "src/townwright/site/frontend/app.js",
      output: { entryFileNames: "app.js", assetFileNames: "[name][extname]" },
    },
  },
});
