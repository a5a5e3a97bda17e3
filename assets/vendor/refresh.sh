#!/usr/bin/env bash
# Fetches the libraries of package.json and lays them where the binary embeds them from.
set -euo pipefail
cd "$(dirname "$0")"
npm install --ignore-scripts --no-audit --no-fund --omit-lockfile-registry-resolved
cp node_modules/htmx.org/dist/htmx.min.js node_modules/sortablejs/Sortable.min.js node_modules/idiomorph/dist/idiomorph-ext.min.js .
cp node_modules/@fontsource-variable/inter/files/inter-{latin,latin-ext,vietnamese}-wght-normal.woff2 ../fonts/
cp node_modules/axe-core/axe.min.js ../../app/apptest/
node sprite.mjs
rm -rf node_modules
