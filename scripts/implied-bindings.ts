/** What sql/ is bound by where nobody says otherwise. */
export const impliedBindings = "fixtures/m10/binding.ts";
