/** What sql/ is bound by where nobody says otherwise. */
export const impliedBindings = "fixtures/m10/binding.ts";

/** What their dashboard is called. */
export const impliedTitle = "M10 Recovery Operations";
