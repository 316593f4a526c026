#!/bin/sh
# From an empty folder: pack, install the tarball, start the command, run a script with the genuine SDK, and curl alone.
# Needs the npm registry, so it is no part of `npm test`.   npm run smoke --workspace stytch-emulator
set -eu
package=$(cd "$(dirname "$0")/.." && pwd)
folder=$(mktemp -d)
trap 'kill "$emulator" 2>/dev/null || true; rm -rf "$folder"' EXIT
emulator=
(cd "$package" && npm pack --silent --pack-destination "$folder" >/dev/null)
cd "$folder"
npm init --yes >/dev/null
npm install --silent --no-audit --no-fund ./stytch-emulator-*.tgz stytch@14.2.0

cat > script.js <<'JS'
const { B2BClient } = require("stytch");
const stytch = new B2BClient({
  project_id: "project-test-00000000-0000-4000-8000-000000000000",
  secret: "secret-test-emulator",
  env: process.argv[2],
});
stytch.organizations.members.search({ organization_ids: ["northwind"] }).then(({ members, results_metadata }) => {
  console.log(`${results_metadata.total} Members, the first is ${members[0].name}.`);
});
JS
node_modules/.bin/stytch-emulator --port 0 > printed.txt &
emulator=$!
until grep -q openapi printed.txt; do sleep 0.05; done
url=$(sed -n 's/^ *Base URL *//p' printed.txt)
node script.js "$url/" 2>/dev/null
curl --silent --fail --request POST "$url/_emulator/reset"
curl --silent --fail "$url/_emulator/project" | head -c 120
echo
