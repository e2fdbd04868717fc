/* A refresh drops the fragment of an address: take it along, so that a link to a row still lands. */
const onward = document.querySelector("a[data-moved-to]");
if (onward && location.hash) location.replace(new URL(location.hash, onward.href));
