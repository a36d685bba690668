export function describeOpenApi(): unknown {
  return {};
}
