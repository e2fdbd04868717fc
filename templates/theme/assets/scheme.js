/* Sets light or dark before anything is drawn: the reader's choice, else that of the system. */
(() => {
  const KEY = "atlas.scheme";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const button = document.querySelector("[data-scheme-switch]");

  function recall(choice) {
    try {
      return choice ? localStorage.setItem(KEY, choice) : localStorage.getItem(KEY);
    } catch {
      return null; // storage may be forbidden; the choice then holds for this page alone
    }
  }

  let choice = recall();
  const isDark = () => (choice ?? (dark.matches ? "slate" : "default")) === "slate";

  function paint() {
    document.body.setAttribute("data-md-color-scheme", isDark() ? "slate" : "default");
    button?.setAttribute("aria-pressed", String(isDark()));
  }

  document.documentElement.classList.replace("no-js", "js");
  // A page asked with words keeps room for its answers, so that nothing jumps when they come.
  if (new URLSearchParams(location.search).get("q")) document.documentElement.classList.add("asked");
  paint();
  dark.addEventListener("change", paint);
  if (button) button.hidden = false;
  button?.addEventListener("click", () => {
    choice = isDark() ? "default" : "slate";
    recall(choice);
    paint();
  });
})();
