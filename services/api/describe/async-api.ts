export function describeAsyncApi(): unknown {
  return {};
}
