// Another column chosen: show what stands in it, and its labels. Without this, saving shows them.

document.addEventListener("change", ({ target }) => {
  if (!target.matches("[data-column]")) return;
  const row = target.closest(".mapping-row");
  const { sample, item } = target.selectedOptions[0].dataset;
  const shown = row.querySelector(".mapping-sample");
  shown.textContent = "";
  if (sample) {
    const quoted = document.createElement("q");
    quoted.textContent = sample;
    shown.append("For example ", quoted, ` on “${item}”`);
  } else if (target.value === "+new") {
    shown.textContent = "It is made when you save.";
  } else if (target.value) {
    shown.textContent = "Empty on the items we looked at.";
  }
  for (const labels of row.querySelectorAll("[data-labels-of]")) labels.hidden = labels.dataset.labelsOf !== target.value;
});

document.getElementById("problem")?.focus();
