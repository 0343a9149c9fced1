/** Read only all the way down; zod's own `readonly()` would show in the JSON schema. */
export type Frozen<Value> = Value extends object
  ? { readonly [Key in keyof Value]: Frozen<Value[Key]> }
  : Value;
