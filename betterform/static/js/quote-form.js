// The quote form: what HTML and htmx attributes cannot say. The server computes and decides;
// this only moves rows, focus and messages, and works on a form that works without it.
// quote-saving.js, which is loaded first, knows what is stored.

const form = document.getElementById("quote-form");
const dialog = document.getElementById("side-dialog");
document.documentElement.classList.add("with-script");

const changed = () => form.dispatchEvent(new Event("change", { bubbles: true }));

// ---------- Messages beside fields ----------

document.addEventListener("htmx:before:swap", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement?.id !== "calculate" && ctx?.sourceElement !== form) return;
  if (ctx.response?.status >= 400 || ctx.isOvertaken) return;
  for (const slot of form.querySelectorAll("[data-field-error]")) slot.textContent = "";
});

const mark = () => {
  for (const slot of form.querySelectorAll("[data-field-error]")) {
    const field = document.getElementById(slot.dataset.fieldError);
    if (slot.textContent.trim()) field?.setAttribute("aria-invalid", "true");
    else field?.removeAttribute("aria-invalid");
  }
};

let lastAloud = document.querySelector("[data-total]")?.textContent;
let aloudTimer;
const announceTotal = () => {
  const total = document.querySelector("[data-total]")?.textContent.trim();
  if (total === lastAloud) return;
  lastAloud = total;
  clearTimeout(aloudTimer);
  aloudTimer = setTimeout(() => { document.getElementById("total-aloud").textContent = `Total ${total}`; }, 900);
};

document.addEventListener("htmx:after:settle", () => { mark(); announceTotal(); });

// ---------- After a button: where to look next ----------

let known = new Set();
const remember = () => { known = new Set([...form.querySelectorAll("[data-line]")].map((line) => line.id)); };
remember();

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx?.sourceElement !== form && !dialog.contains(ctx?.sourceElement) && ctx?.target?.id !== "side-dialog-body") return;
  const pressed = ctx.request?.body?.get?.("action") ?? "";
  if (ctx.keptFocus) {
    // The person is already somewhere else.
  } else if (pressed === "add-line") {
    const added = [...form.querySelectorAll("[data-line]")].find((line) => !known.has(line.id));
    added?.querySelector("input[type=text]")?.focus();
  } else if (pressed.startsWith("choose-product:")) {
    document.getElementById(`lines-${pressed.split(":")[1]}-quantity`)?.select();
  } else if (pressed.startsWith("choose-contact:")) {
    form.querySelector("#contact .chosen-actions a")?.focus();
  } else if (pressed === "remove-contact") {
    document.getElementById("contact_query")?.focus();
  } else if (pressed === "issue") {
    document.getElementById("problems")?.focus();
  }
  if (ctx.response?.status === 409) document.getElementById("conflict")?.scrollIntoView({ block: "center" });
  remember();

  const body = document.getElementById("side-dialog-body");
  const done = body.querySelector("[data-dialog-done]");
  if (done) {
    dialog.close();
    const next = document.getElementById(done.dataset.focus || "") ?? form.querySelector("#contact .chosen-actions a");
    body.replaceChildren();
    if (!ctx.keptFocus) next?.focus();
  } else if (body.childElementCount && !dialog.open) {
    dialog.showModal();
    body.querySelector("[autofocus], input:not([type=hidden])")?.focus();
  }
});

// ---------- Moving and removing lines ----------

const lines = document.getElementById("lines");
if (window.Sortable) {
  window.Sortable.create(lines, { handle: "[data-grip]", animation: 150, ghostClass: "line-ghost", onEnd: changed });
}

form.addEventListener("click", (event) => {
  const button = event.target.closest("button");
  const line = event.target.closest("[data-line]");
  if (!button || !line) return;
  if (button.dataset.moves) {
    event.preventDefault();
    const beside = button.dataset.moves < 0 ? line.previousElementSibling : line.nextElementSibling;
    if (beside) button.dataset.moves < 0 ? beside.before(line) : beside.after(line);
    button.focus();
    changed();
  } else if ("removes" in button.dataset) {
    event.preventDefault();
    const next = line.nextElementSibling ?? line.previousElementSibling;
    line.remove();
    (next?.querySelector("input[type=text]") ?? form.querySelector("[value=add-line]"))?.focus();
    remember();
    changed();
  }
});

form.addEventListener("change", (event) => {
  if (event.target.id !== "currency") return;
  for (const option of form.querySelectorAll("select[name$=discount_kind] option[value=amount]")) option.textContent = event.target.value;
  for (const suffix of form.querySelectorAll(".input-group-text")) suffix.textContent = event.target.value;
});

// ---------- Search fields: arrows choose, Enter takes, Escape closes ----------

const listOf = (input) => document.getElementById(input.getAttribute("aria-controls"));
const close = (input) => {
  delete input.dataset.stale;
  listOf(input)?.replaceChildren();
  input.setAttribute("aria-expanded", "false");
  input.removeAttribute("aria-activedescendant");
};

// What is shown belongs to what was typed before until the answer comes: keys must not choose from it.
form.addEventListener("input", ({ target }) => {
  if (target.matches("[role=combobox]")) target.dataset.stale = "true";
});

form.addEventListener("keydown", (event) => {
  const input = event.target.closest("[role=combobox]");
  if (!input) return;
  if (input.dataset.stale && ["ArrowDown", "ArrowUp", "Enter"].includes(event.key)) return event.preventDefault();
  const options = [...(listOf(input)?.querySelectorAll("[role=option]") ?? [])];
  const at = options.findIndex((option) => option.getAttribute("aria-selected") === "true");
  if (event.key === "ArrowDown" || event.key === "ArrowUp") {
    if (!options.length) return;
    event.preventDefault();
    const to = (at + (event.key === "ArrowDown" ? 1 : -1) + options.length) % options.length;
    options.forEach((option, index) => option.setAttribute("aria-selected", String(index === to)));
    options[to].scrollIntoView({ block: "nearest" });
    input.setAttribute("aria-activedescendant", options[to].id);
  } else if (event.key === "Enter") {
    event.preventDefault();
    if (at >= 0) options[at].click();
    else close(input);
  } else if (event.key === "Escape" && options.length) {
    event.preventDefault();
    close(input);
  }
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  const input = ctx?.sourceElement;
  if (input?.getAttribute?.("role") !== "combobox") return;
  // An answer to what was typed before stays stale: another one is on its way.
  if (new URL(ctx.request.action, location).searchParams.get(input.name) === input.value) delete input.dataset.stale;
  if (document.activeElement !== input) return close(input);
  input.setAttribute("aria-expanded", String(listOf(input)?.childElementCount > 0));
});

document.addEventListener("focusin", (event) => {
  for (const input of form.querySelectorAll("[role=combobox][aria-expanded=true]")) {
    if (!input.closest("[data-combobox]").contains(event.target)) close(input);
  }
});
document.addEventListener("pointerdown", (event) => {
  for (const input of form.querySelectorAll("[role=combobox][aria-expanded=true]")) {
    if (!input.closest("[data-combobox]").contains(event.target)) close(input);
  }
});
