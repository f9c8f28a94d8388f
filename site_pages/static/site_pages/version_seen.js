// After an automatic save the form knows the version that it has just made.
//
// Wagtail 7.4 tells it only to the next automatic save; a save by hand would name the version that the window was
// opened with, and would be refused as too old.
(() => {
    "use strict";
    const tell = (form, name, value) => {
        let input = form.querySelector(`input[type=hidden][name='${name}']`);
        if (input === null) {
            input = document.createElement("input");
            input.type = "hidden";
            input.name = name;
            form.append(input);
        }
        input.value = value;
    };

    // Before every other listener, because one of them presses the button that waited for this save.
    document.addEventListener("w-autosave:success", (event) => {
        const { revision_id: id, revision_created_at: createdAt } = event.detail.response;
        if (!id || !createdAt) return;
        tell(event.target, "loaded_revision_id", id);
        tell(event.target, "loaded_revision_created_at", createdAt);
    }, true);
})();
