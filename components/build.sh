#!/bin/sh
# Rebuilds static/ from npm: the style sheet, the fonts, htmx, ALTCHA, and axe for the tests. Running Cohorte needs none of it.
set -eu
cd "$(dirname "$0")"
npm ci --ignore-scripts --no-audit --no-fund --silent
modules=node_modules
out=../static
mkdir -p "$out/fonts"
"$modules/.bin/sass" --no-source-map --style=compressed --quiet-deps --no-charset -I "$modules" styles/app.scss "$out/app.css"
fonts=$modules/@fontsource-variable/atkinson-hyperlegible-next
for part in latin latin-ext; do
  cp "$fonts/files/atkinson-hyperlegible-next-$part-wght-normal.woff2" "$out/fonts/"
done
cp "$fonts/LICENSE" "$out/fonts/OFL.txt"
mkdir -p "$out/images"
cp "$modules/nhsuk-frontend/dist/nhsuk/assets/images/nhsuk-icon-cross.svg" "$out/images/"
cp "$modules/htmx.org/dist/htmx.min.js" "$out/htmx-2.0.11.min.js"
mkdir -p "$out/altcha"
cp "$modules/altcha/dist/external/altcha.min.js" "$modules/altcha/dist/external/altcha.css" "$modules/altcha/dist/workers/pbkdf2.js" "$out/altcha/"
cp "$modules/altcha/LICENSE.txt" "$out/altcha/LICENSE.txt"
cp "$modules/axe-core/axe.min.js" ../tests/axe.min.js
"${PYTHON:-python3}" stamp.py
