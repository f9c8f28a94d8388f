// Puts each remark of a returned text beside the paragraph or field that it is about. The list at the top stays.
(() => {
    "use strict";
    const blockOf = (id) => {
        const hidden = [...document.querySelectorAll("input[type=hidden][name$='-id']")].find((input) => input.value === id);
        return hidden?.closest("[data-contentpath], [data-streamfield-child]") ?? hidden?.parentElement;
    };
    const fieldOf = (name) => document.querySelector(`[name="${CSS.escape(name)}"]`)?.closest(".w-field__wrapper, .w-panel");

    const place = (item) => {
        const [kind, key] = item.dataset.anchor.split(/:(.*)/s);
        const target = kind === "block" ? blockOf(key) : fieldOf(key);
        if (!target || target.querySelector(`[data-remark-on="${CSS.escape(item.dataset.anchor)}"]`)) return Boolean(target);
        const note = document.createElement("div");
        note.className = "help-block help-warning";
        note.dataset.remarkOn = item.dataset.anchor;
        note.textContent = item.querySelector("span").innerText;
        target.prepend(note);
        return true;
    };

    const placeAll = (attempts) => {
        const missing = [...document.querySelectorAll("[data-remarks] [data-anchor]")].filter((item) => !place(item));
        // The editor builds its blocks after the page is there.
        if (missing.length && attempts > 0) setTimeout(placeAll, 250, attempts - 1);
    };
    document.addEventListener("DOMContentLoaded", () => placeAll(20));
})();
