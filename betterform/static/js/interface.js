// What plain HTML cannot do yet: closing menus, opening dialogs, saying that the network is gone.

const openMenus = () => document.querySelectorAll("details[data-menu][open]");

let pressedOn = null;
document.addEventListener("pointerdown", (event) => { pressedOn = event.target; });

// ---------- Dialogs: what was typed in one is not thrown away by a slip ----------

const typedDialogs = new WeakSet();
const mayClose = (dialog) => !typedDialogs.has(dialog) || confirm("Close this and lose what you typed here?");
const closeUnlessTyped = (dialog) => { if (mayClose(dialog)) dialog.close(); };

document.addEventListener("input", ({ target }) => {
  const dialog = target.closest("dialog");
  if (dialog) typedDialogs.add(dialog);
});
// These two do not bubble.
document.addEventListener("close", ({ target }) => typedDialogs.delete(target), true);
document.addEventListener("cancel", (event) => {
  if (event.target.matches?.("dialog") && !mayClose(event.target)) event.preventDefault();
}, true);
// Browsers let only one Escape be refused by `cancel`; the key itself can be refused each time.
document.addEventListener("keydown", (event) => {
  const dialog = document.querySelector("dialog[open]");
  if (event.key !== "Escape" || !dialog || !typedDialogs.has(dialog) || event.defaultPrevented) return;
  event.preventDefault();
  closeUnlessTyped(dialog);
});

// ---------- Menus, and what opens and closes ----------

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;

  const opener = event.target.closest("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();

  const closer = event.target.closest("[data-closes]");
  if (closer) closer.closest(closer.dataset.closes || "dialog")?.[closer.dataset.closes ? "remove" : "close"]();

  // A click on the backdrop is a click on the dialog itself: everything inside lies in its form.
  // A text selection that ends there began elsewhere.
  if (event.target.matches("dialog[open]") && pressedOn === event.target) closeUnlessTyped(event.target);
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Before htmx hears of it: what is not confirmed is not sent at all.
document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.confirm ?? event.target.dataset.confirm;
  if (!question || confirm(question)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
}, true);

// A form that leads to another page is sent once, however often its button is pressed.
const sent = new Map();
const ONCE_MORE_AFTER = 10_000; // milliseconds: the answer may have been a file, and the page is still here
document.addEventListener("submit", (event) => {
  const { target } = event;
  if (event.defaultPrevented || target.getAttribute("method")?.toLowerCase() !== "post" || target.target) return;
  if (performance.now() - (sent.get(target) ?? -ONCE_MORE_AFTER) < ONCE_MORE_AFTER) return event.preventDefault();
  sent.set(target, performance.now());
});
addEventListener("pageshow", () => sent.clear());

document.addEventListener("change", (event) => {
  if (event.target.matches("[data-submits]")) event.target.form.requestSubmit();
});

export function announce(message, tone = "danger") {
  const toast = document.createElement("div");
  toast.className = `toast-notice toast-${tone}`;
  toast.textContent = message;
  document.getElementById("toasts")?.replaceChildren(toast);
}

// An answer that is not ours (a proxy's error page) is never swapped into the page.
document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  if (ctx.response.status >= 500 && !ctx.hx.retarget) {
    ctx.swap = "none";
    announce("The server did not answer properly. Nothing on this page was lost; please try again.");
  }
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx?.status?.startsWith("error")) announce("There is no connection to the server. What you typed stays here.");
});
