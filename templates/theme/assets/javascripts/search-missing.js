// On the page "not found": an address that is nearly right leads to its page, any other to the search.

import { make } from "../atlas.js";
import { address, openHits, ROOT, search } from "./search-engine.js";
import { decode } from "./search-fold.js";

const bare = (step) => step.toLowerCase().replace(/[^a-z0-9]/g, "");

export async function findPage() {
  const steps = decode(location.pathname.replace(ROOT.pathname, "")).split("/").filter(Boolean);
  const last = (/^index\.html?$/i.test(steps.at(-1)) ? steps.at(-2) : steps.at(-1)) ?? "";
  const query = last.replace(/\.html?$/, "").replace(/[-_+]+/g, " ").trim().slice(0, 200);
  if (!query || last === "404.html") return; // opened by its own name: nothing is missing
  const { results } = await search(query).catch(() => ({ results: [] }));
  const pages = await openHits(results.slice(0, 5));
  const meant = pages.find((page) => bare(page.path.split("/")[1] ?? "") === bare(query));
  if (meant) return location.replace(address(meant.path) + location.search + location.hash);
  const field = document.querySelector("form[data-search] input");
  if (field) field.value = query;
  const links = [...pages.map(({ path, title }) => [path, title]), [`search/?q=${encodeURIComponent(query)}`, `Search for “${query}”`]];
  const lines = links.map(([path, text]) => make("p", {}, make("a", { href: address(path) }, text)));
  document.querySelector("[data-not-found]").append(...lines);
}
