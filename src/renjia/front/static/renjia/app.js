/* 页面行为 — menu, keys, filters, and the guard against sending twice. Loaded with defer; no page needs it to be read. */
(() => {
  "use strict";

  const SENDING = "正在提交…";

  /* 防重复提交 — the form goes once; its button says so until the page changes. */
  const release = (form) => {
    delete form.dataset.sending;
    for (const button of form.querySelectorAll("button[data-label]")) {
      button.disabled = false;
      button.innerHTML = button.dataset.label;
      delete button.dataset.label;
    }
  };

  const hold = (form, button) => {
    form.dataset.sending = "1";
    if (!button) return;
    // After this turn: a button disabled now would not be part of what is sent.
    setTimeout(() => {
      button.dataset.label = button.innerHTML;
      button.textContent = SENDING;
      button.disabled = true;
    });
  };

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sending) {
      event.preventDefault();
      event.stopPropagation();
      return;
    }
    hold(form, event.submitter || form.querySelector("button[type=submit]"));
  }, true);

  // Back from the browser's cache the page is as it was left: the button must work again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sending]").forEach(release);
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const form = event.target.closest("form");
    if (form) release(form);
  });

  /* 筛选 — choosing is asking; what is unset stays out of the address. */
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-filters]");
    if (form && event.target.matches("select")) form.requestSubmit();
  });
  document.addEventListener("formdata", (event) => {
    if (!event.target.matches("form[data-filters]")) return;
    for (const [name, value] of [...event.formData]) {
      if (value === "") event.formData.delete(name);
    }
  });

  /* 选了哪些文件 — said in the page's own words; what is chosen can be seen before it is sent. */
  document.addEventListener("change", (event) => {
    const told = event.target.dataset?.chosen && document.getElementById(event.target.dataset.chosen);
    if (told) told.textContent = [...event.target.files].map((file) => file.name).join("、") || "还没有选文件";
  });

  /* 打印。 */
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-print]")) print();
  });

  /* 导航 — behind the menu button on narrow screens. */
  const desk = document.querySelector("[data-desk]");
  const opener = document.querySelector("[data-menu][aria-controls]");
  const menu = (open) => {
    desk.classList.toggle("open", open);
    opener.setAttribute("aria-expanded", String(open));
    (open ? desk.querySelector(".nav-x a") : opener).focus();
  };
  if (desk && opener) {
    for (const button of document.querySelectorAll("[data-menu]")) {
      button.addEventListener("click", () => menu(!desk.classList.contains("open")));
    }
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && desk.classList.contains("open")) menu(false);
    });
  }

  /* 选中的一项 — a tapped answer is marked on its whole row. */
  const markPicked = () => {
    for (const row of document.querySelectorAll(".pick-one")) {
      row.classList.toggle("on", Boolean(row.querySelector("input:checked")));
    }
  };
  document.addEventListener("change", (event) => {
    if (event.target.matches(".pick-one input")) markPicked();
  });
  markPicked();

  /* 按键 — a key acts on the element that names it (data-key); J and K walk the rows of a list (data-rows). */
  const typing = (element) => element.isContentEditable
    || (element.matches("input, textarea, select") && !["checkbox", "radio"].includes(element.type));

  const walk = (step) => {
    const links = [...document.querySelectorAll("[data-rows] tbody tr td a:first-of-type")]
      .filter((link, at, all) => at === 0 || link.closest("tr") !== all[at - 1].closest("tr"));
    if (!links.length) return false;
    const at = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
    const next = at < 0 ? 0 : Math.min(links.length - 1, Math.max(0, at + step));
    links[next].focus();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(event.target)) return;
    const key = event.key.toUpperCase();
    const target = [...document.querySelectorAll("[data-key]")]
      .find((element) => element.dataset.key.toUpperCase() === key && element.offsetParent && !element.disabled);
    if (target) {
      event.preventDefault();
      target.focus();
      if (!typing(target)) target.click();
    } else if ((key === "J" || key === "K") && walk(key === "J" ? 1 : -1)) {
      event.preventDefault();
    }
  });
})();
