// Saving the quote form: what is stored, what is not yet, and what is typed while an answer is under way.
// Everything typed is counted; an answer speaks only for what had been typed when its request was sent.

const form = document.getElementById("quote-form");
const dialog = document.getElementById("side-dialog");
const saved = document.getElementById("saved");
const MOST_AT_PARTING = 60_000; // bytes: browsers carry 64 KiB for a page that is gone

let typed = 0; // how often something was typed or moved
let stored = 0; // up to where the server has it
let underWay = null; // up to where the request carries it that is under way
let failed = false;
let retries = false; // whether trying again by itself can help
let refused = false; // somebody else changed or issued the quote: only the person can decide what now
let led = false; // an answer leads to another page
let leaving = false;
let rearranged = 0;
const edits = new Map(); // when each field was typed in last, by its name

const isUnsaved = () => typed > stored;
const changed = () => form.dispatchEvent(new Event("change", { bubbles: true }));
const content = () => new URLSearchParams(new FormData(form));
const say = (text, isBad = false) => {
  const mark = document.createElement("span");
  mark.textContent = text;
  mark.className = isBad ? "saved-not" : "";
  saved.replaceChildren(mark);
};

form.addEventListener("input", ({ target }) => {
  typed += 1;
  edits.set(target.name, typed);
  say("Saving…");
});
form.addEventListener("change", ({ target }) => {
  typed += 1;
  if (target === form) rearranged = typed; // lines were moved or removed
});

// ---------- Requests and what their answers mean ----------

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => { ctx.focusedAtFirst = document.activeElement; });

document.addEventListener("htmx:before:request", ({ detail: { ctx } }) => {
  ctx.sentAt = typed;
  if (ctx.sourceElement !== form) return;
  // A request may have waited for the one before: it carries what the form says now.
  const pressed = ctx.request.body.getAll("action").at(-1);
  ctx.request.body = content();
  ctx.request.body.set("action", pressed);
  underWay = typed;
});

// "Issue" is answered by 422 where something is missing, after the draft was saved: the answer has its version.
const hasStored = ({ response, text }) => response.status < 300 || (response.status === 422 && text.includes('id="version"'));

document.addEventListener("htmx:after:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement !== form) return;
  const { status } = ctx.response;
  failed = !hasStored(ctx);
  refused = status === 409;
  retries = status === 401 || status === 429 || status >= 500;
  led = Boolean(ctx.hx.redirect);
  if (failed) return say(status === 401 ? "Not saved: signed out" : "Not saved", true);
  stored = Math.max(stored, ctx.sentAt);
  for (const notice of document.querySelectorAll("#toasts [data-signed-out]")) notice.closest(".toast-notice").remove();
});
document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement !== form) return;
  failed = retries = true;
  say("Not saved: no connection", true);
});
document.addEventListener("htmx:finally:request", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === form) underWay = null;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.sourceElement === form && !failed && isUnsaved()) say("Saving…");
});

const tryAgain = () => { if (isUnsaved() && failed && retries && underWay === null && navigator.onLine) changed(); };
setInterval(tryAgain, 5000);
addEventListener("online", tryAgain);
addEventListener("focus", tryAgain); // perhaps from the tab where the person signed in again

// ---------- Leaving ----------

// Leaving saves what was typed last; only where that cannot work is the person asked.
addEventListener("beforeunload", (event) => {
  if (!isUnsaved()) return;
  const isOvertaken = led || (underWay !== null && typed > underWay);
  if (failed || isOvertaken || content().toString().length > MOST_AT_PARTING) event.preventDefault();
});
addEventListener("pagehide", () => {
  leaving = true;
  // Not form.action: a field of that name stands before it.
  if (isUnsaved() && !refused) navigator.sendBeacon(form.getAttribute("action"), content());
});
addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") return tryAgain();
  if (leaving || refused || !isUnsaved() || underWay === typed) return;
  form.requestSubmit(form.querySelector("button[name=action][value=save]"));
});

// ---------- Answers that come after the person has typed on ----------

const isComputed = ({ target }) => /^(totals|bar-total|expiry|net-.*|error-.*)$/.test(target?.id ?? "");
const isSame = (one, other) => one.textContent.trim() === other.textContent.trim();
const drop = (tasks, unwanted) => { for (const task of tasks.filter(unwanted)) tasks.splice(tasks.indexOf(task), 1); };
const isField = (element) => form.contains(element) && element.matches("input, textarea, select");

document.addEventListener("htmx:before:swap", ({ detail: { ctx, tasks } }) => {
  // What fails again and again is said once.
  const toasts = document.getElementById("toasts");
  const isSaid = ({ target, fragment }) =>
    (target === "#toasts" || target === toasts) && [...toasts.children].some((toast) => isSame(toast, fragment));
  drop(tasks, isSaid);

  if (ctx.sourceElement !== form && !dialog.contains(ctx.sourceElement)) return;
  ctx.isOvertaken = typed > ctx.sentAt;
  if (ctx.isOvertaken && ctx.response.status < 300) drop(tasks, isComputed); // newer ones follow

  const focused = document.activeElement;
  const hasMoved = isField(focused) && focused !== ctx.focusedAtFirst;
  ctx.keptFocus = hasMoved ? { id: focused.id, start: focused.selectionStart, end: focused.selectionEnd } : null;
  ctx.keptFields = [...form.elements].filter((field) => edits.get(field.name) > ctx.sentAt);
  ctx.keptLines = rearranged > ctx.sentAt ? [...form.querySelectorAll("[data-line]")].map((line) => line.id) : null;
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const replaced = (ctx.keptFields ?? []).filter((field) => !field.isConnected);
  for (const field of replaced) {
    const successor = form.querySelector(`[name="${CSS.escape(field.name)}"]`);
    if (!successor) continue;
    successor.value = field.value;
    successor.checked = field.checked;
  }
  if (ctx.keptLines) keepArrangement(ctx.keptLines, ctx.request.body?.get?.("action") === "add-line");
  if (ctx.keptFocus) keepFocus(ctx.keptFocus);
  if (replaced.length) changed();
});

function keepArrangement(ids, isAdding) {
  const list = document.getElementById("lines");
  const removed = isAdding ? [] : [...list.children].filter((line) => !ids.includes(line.id));
  for (const line of removed) line.remove();
  if (isAdding) return;
  for (const id of ids) list.append(document.getElementById(id) ?? "");
}

function keepFocus({ id, start, end }) {
  const field = document.getElementById(id);
  field?.focus({ preventScroll: true });
  if (field && start != null) field.setSelectionRange(start, end);
}
