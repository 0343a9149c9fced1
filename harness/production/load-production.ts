import { pathToFileURL } from "node:url";
import type { ProductionBinding } from "./production-binding.ts";

/** What a bindings file, loaded before, exports as `production`; nothing if it exports nothing of that name. */
export async function loadProduction(file: string): Promise<ProductionBinding | undefined> {
  const loaded: { readonly production?: ProductionBinding } = await import(
    pathToFileURL(file).href
  );
  return loaded.production;
}
