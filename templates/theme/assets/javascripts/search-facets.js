// Facets: by which a list of results is narrowed. Loaded only when a reader narrows.

import { start } from "./search-engine.js";
import { load } from "./search-load.js";

// Returns Map(value -> Set of page ids) of a facet.
async function readFacet(name) {
  const { facets } = (await start()).manifest;
  const [pages, values] = await Promise.all([
    load(`index/${facets.pages}`),
    load(`index/${facets.files[name]}`),
  ]);
  return new Map(
    Object.entries(values).map(([value, steps]) => {
      let number = 0;
      return [value, new Set(steps.map((step) => pages[(number += step)]))];
    }),
  );
}

// Returns the results that each chosen facet allows; of one facet's values any will do.
export async function narrow(results, filters, except = "") {
  let kept = results;
  for (const [name, values] of Object.entries(filters)) {
    if (!values.length || name === except) continue;
    const facet = await readFacet(name);
    const sets = values.map((value) => facet.get(value)).filter(Boolean);
    kept = kept.filter(({ id }) => sets.some((set) => set.has(id)));
  }
  return kept;
}

// Returns [[value, count]] of a facet over results, those of its own choice included.
export async function countFacet(name, results, filters) {
  const kept = await narrow(results, filters, name);
  const facet = await readFacet(name);
  return [...facet].map(([value, ids]) => [value, kept.filter(({ id }) => ids.has(id)).length]);
}
