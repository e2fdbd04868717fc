/* Buttons that copy a citation. Without them the text can be marked and the files downloaded. */
(() => {
  "use strict";

  /** The text that stands in the box, or that a file beside the page holds. */
  async function read(source) {
    if (source.tagName !== "A") return source.textContent.trim();
    const answer = await fetch(source.href);
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.text();
  }

  /** The heading that a line of the box stands under. */
  function headingOf(line) {
    let above = line;
    while (above && above.tagName !== "H2") above = above.previousElementSibling;
    return above ? above.textContent.trim() : "";
  }

  function addButton(source, what) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = "Copy";
    button.setAttribute("aria-label", `Copy ${what}: ${headingOf(source.closest("p"))}`);
    const said = document.createElement("span");
    said.setAttribute("role", "status");
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(await read(source));
        said.textContent = " Copied.";
      } catch {
        said.textContent = " Could not copy; mark the text or download the file.";
      }
    });
    source.after(" ", button, said);
  }

  if (!navigator.clipboard) return;
  for (const text of document.querySelectorAll(".cite .cite-text")) addButton(text, "the citation");
  for (const file of document.querySelectorAll(".cite .cite-files a"))
    addButton(file, file.textContent);
})();
