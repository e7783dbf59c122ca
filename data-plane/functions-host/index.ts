export { createFunctionsHost } from "./host.ts";
export {
  FunctionError,
  type FunctionErrorKind,
  type FunctionsHost,
  type FunctionsHostOptions,
  type FunctionsNetwork,
  type HostLogger,
  type InvocationContext,
  type OutputLine,
  type PipelineContext,
  type StartNew,
  type StartNewCall,
} from "./types.ts";
