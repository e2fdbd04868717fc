// The page "not found" of a site that does not know its own address: a server sends that page for any
// address, at any depth, so its links and styles may point past the site. This script is asked for at
// each depth; where it is found, there the site's root is.

const ROOT = new URL("../../", import.meta.url);
const reported = new URL(document.querySelector("link[rel=icon]").href).pathname.replace(/assets\/[^/]*$/, "");

if (reported !== ROOT.pathname && !document.documentElement.dataset.root) {
  document.documentElement.dataset.root = ROOT.pathname;
  for (const attribute of ["href", "action"]) {
    for (const element of document.querySelectorAll(`[${attribute}^="${reported}"]`)) {
      const path = element.getAttribute(attribute).slice(reported.length);
      element.setAttribute(attribute, new URL(path || ".", ROOT).pathname);
    }
  }
  import("./search.js");
}
