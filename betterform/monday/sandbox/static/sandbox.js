// Follows what happens on the boards: fetches every marked part again each second and swaps it when it changed.
// A part is left alone while somebody is at work in it.

const EVERY = 1000;

function isBusy(part) {
  return part.contains(document.activeElement) && document.activeElement.matches("input, select, textarea, summary, button")
    || part.querySelector("details[open]") !== null;
}

async function refresh(part) {
  if (document.hidden || isBusy(part)) return;
  const headers = part.dataset.mark ? { "If-None-Match": part.dataset.mark } : {};
  const answer = await fetch(part.dataset.refresh, { headers, cache: "no-store" });
  if (answer.status !== 200) return;
  const html = await answer.text();
  if (isBusy(part)) return;
  const known = part.dataset.mark !== undefined;
  part.dataset.mark = answer.headers.get("ETag");
  if (!known && part.innerHTML.trim() === html.trim()) return;
  const places = [...part.querySelectorAll(".scroll")].map((region) => region.scrollLeft);
  const before = new Map([...part.querySelectorAll("tr[id]")].map((row) => [row.id, row.innerText]));
  part.innerHTML = html;
  part.querySelectorAll(".scroll").forEach((region, i) => { region.scrollLeft = places[i] ?? 0; });
  if (known) showNews(part, before);
}

// Rows that are new or read differently are lit up for a moment.
function showNews(part, before) {
  for (const row of part.querySelectorAll("tr[id]")) {
    if (before.get(row.id) !== row.innerText) row.classList.add("fresh");
  }
}

for (const part of document.querySelectorAll("[data-refresh]")) {
  setInterval(() => refresh(part).catch(() => {}), EVERY);
}
