/**
 * ln x of a number x ≥ 1, to 1e-13 relative. The standard library's own would bring a table along, and tables of a
 * module in another's memory land on what is there.
 */
export function logarithm(x: f64): f64 {
  if (!(x < Infinity)) return x;
  const bits = reinterpret<i64>(x);
  let exponent = <f64>((bits >> 52) - 1023);
  let mantissa = reinterpret<f64>((bits & 0x000fffffffffffff) | 0x3ff0000000000000);
  if (mantissa > 1.4142135623730951) {
    mantissa *= 0.5;
    exponent += 1;
  }
  // ln m = 2 artanh t, t = (m − 1) / (m + 1), |t| < 0.172.
  const t = (mantissa - 1) / (mantissa + 1);
  const s = t * t;
  let series: f64 = 0;
  for (let odd = 17; odd > 0; odd -= 2) series = series * s + 1.0 / <f64>odd;
  return exponent * 0.6931471805599453 + 2 * t * series;
}
