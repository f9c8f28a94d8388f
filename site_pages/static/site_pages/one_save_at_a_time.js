// A button of the editor waits for the automatic save that is under way.
//
// Wagtail 7.4 sends both at once: a new document that is saved by hand while it saves itself is created twice, and a
// text can be changed a moment after it was submitted.
(() => {
    "use strict";
    let isSaving = false;
    let pressed = null;

    document.addEventListener("w-autosave:save", () => { isSaving = true; });

    const goOn = () => {
        isSaving = false;
        if (pressed === null) return;
        const { form, button } = pressed;
        pressed = null;
        form.requestSubmit(button);
    };
    document.addEventListener("w-autosave:success", goOn);
    document.addEventListener("w-autosave:error", goOn);

    document.addEventListener("submit", (event) => {
        const form = event.target;
        if (!form.matches("[data-controller~='w-autosave']")) return;
        form.setAttribute("data-w-autosave-active-value", "false");
        if (!isSaving) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        pressed = { form, button: event.submitter };
    }, true);
})();
