/* Sets light or dark before anything is drawn: the reader's choice, else that of the system. */
(() => {
  "use strict";

  const KEY = "atlas.scheme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.querySelector("[data-scheme-switch]");

  function chosen() {
    try {
      return localStorage.getItem(KEY);
    } catch {
      return null; // storage may be forbidden
    }
  }

  function paint() {
    const isDark = (chosen() ?? (dark.matches ? "slate" : "default")) === "slate";
    document.body.setAttribute("data-md-color-scheme", isDark ? "slate" : "default");
    button?.setAttribute("aria-pressed", String(isDark));
  }

  document.documentElement.classList.replace("no-js", "js");
  // A page asked with words keeps room for its answers, so that nothing jumps when they come.
  if (new URLSearchParams(location.search).get("q")) document.documentElement.classList.add("asked");
  paint();
  dark.addEventListener("change", paint);
  if (!button) return;
  button.hidden = false;
  button.addEventListener("click", () => {
    const now = document.body.getAttribute("data-md-color-scheme") === "slate";
    try {
      localStorage.setItem(KEY, now ? "default" : "slate");
    } catch {
      // the choice then holds for nothing but this page
    }
    document.body.setAttribute("data-md-color-scheme", now ? "default" : "slate");
    button.setAttribute("aria-pressed", String(!now));
  });
})();
