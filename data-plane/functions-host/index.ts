export { createFunctionsHost } from "./host.ts";
export {
  FunctionError,
  type FunctionErrorKind,
  type FunctionsHost,
  type FunctionsHostOptions,
  type HostLogger,
  type InvocationContext,
  type PipelineContext,
  type StartNew,
  type StartNewCall,
} from "./types.ts";
