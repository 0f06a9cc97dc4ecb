// JavaScript's own, imported as the module "math": where the ziggurat needs them (rarely), its numbers are to be the
// reference's to the last digit.

export declare function exp(x: f64): f64;
export declare function log(x: f64): f64;
