// On the page "not found": an address that is nearly right leads to its page, any other to the search.

import { address, make, ROOT, start } from "./search-engine.js";

function* guesses(path) {
  const low = path.toLowerCase().replace(/(?:%20|\s|\+)+/g, "-").replace(/\/{2,}/g, "/");
  const bare = low.replace(/\/?(?:index\.html?)?$/, "").replace(/\.html?$/, "");
  yield `${bare}/`;
  // A registry number with spaces or dashes in it: "NCT 0506 0107".
  yield `${bare.replace(/[^/]*$/, (last) => (/^(?:nct|irct|isrctn|chictr)[-\d n]+$/.test(last) ? last.replace(/-/g, "") : last))}/`;
}

export async function findPage() {
  let path = location.pathname;
  try {
    path = decodeURIComponent(path);
  } catch {
    // Not decodable: taken as it is.
  }
  const below = path.startsWith(ROOT.pathname) ? path.slice(ROOT.pathname.length) : path.replace(/^\//, "");
  if (below === "404.html") return; // opened by its own name: nothing is missing
  for (const guess of new Set(guesses(below))) {
    if (!/^[a-z0-9/_.-]*$/.test(guess) || guess.includes("..") || guess === "/" || guess === below) continue;
    const answer = await fetch(address(guess), { method: "HEAD" }).catch(() => null);
    if (answer?.ok) {
      location.replace(address(guess) + location.search + location.hash);
      return;
    }
  }
  await offer(below);
}

async function offer(below) {
  const words = below.replace(/\.html?$/, "").split("/").filter(Boolean).pop() ?? "";
  const query = words.replace(/[-_+]+/g, " ").trim().slice(0, 200);
  const field = document.querySelector("form[data-search] input");
  if (!query) return;
  if (field) field.value = query;
  const { names } = await start().then((engine) => engine.names(query)).catch(() => ({ names: [] }));
  if (names.length === 1 && names[0].tier === 0) {
    location.replace(address(names[0].path));
    return;
  }
  const links = names.slice(0, 5).map(({ path, title }) => [address(path), title]);
  links.push([`${address("search/")}?q=${encodeURIComponent(query)}`, `Search for “${query}”`]);
  const lines = links.map(([href, text]) => make("p", {}, make("a", { href }, text)));
  document.querySelector("[data-not-found]").append(...lines);
}
