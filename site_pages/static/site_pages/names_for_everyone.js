// Gives names to parts of Wagtail 7.4's editor that have none for people who cannot see them: rich-text fields, the
// window of a chooser, the field for tags. Can go when axe-core finds nothing without it (tests/journeys).
(() => {
    "use strict";
    const LABELS = "label, .w-field__label, .w-panel__heading";
    const NAMELESS = [
        ".public-DraftEditor-content:not([aria-label])",
        ".tagit-new input:not([aria-label])",
    ].join(", ");

    const wordsOf = (element) => element.textContent.replace("*", "").trim();

    const nameOf = (element) => {
        let place = element.closest(".w-field__wrapper, section, [data-streamfield-child]");
        while (place) {
            const label = place.querySelector(LABELS);
            if (label && wordsOf(label)) return wordsOf(label);
            place = place.parentElement?.closest("section, [data-streamfield-child]");
        }
        return "";
    };

    const giveNames = () => {
        document.querySelectorAll(NAMELESS).forEach((element) => {
            const name = nameOf(element);
            if (name) element.setAttribute("aria-label", name);
        });
        document.querySelectorAll(".modal[role=dialog]:not([aria-label])").forEach((window_) => {
            const heading = window_.querySelector("h1, h2");
            if (heading) window_.setAttribute("aria-label", wordsOf(heading));
        });
    };

    let isDue = false;
    const soon = () => {
        if (isDue) return;
        isDue = true;
        requestAnimationFrame(() => { isDue = false; giveNames(); });
    };
    document.addEventListener("DOMContentLoaded", () => {
        new MutationObserver(soon).observe(document.body, { childList: true, subtree: true });
        giveNames();
    });
})();
