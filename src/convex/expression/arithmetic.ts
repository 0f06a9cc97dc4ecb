import type { MathNode } from 'mathjs';
import { InputError } from '../../base/input-error.js';
import { enclosure, type Enclosure, type Interval } from './enclosure.js';
import math from './mathjs.js';

/** A real function of named variables, written as an expression. */
export interface Arithmetic {
  /** The value at the variables' values, in the order in which they were named. */
  evaluate(variables: ArrayLike<number>): number;
  /** An interval that holds every value while the variables range over theirs. */
  enclose(box: readonly Interval[]): Interval;
  /** The derivative with respect to one variable; throws an InputError where there is no symbolic one. */
  derivative(variable: string): Arithmetic;
  /** The expression as mathjs writes it. */
  readonly text: string;
  /** The expression in TeX; `symbols` gives the TeX of variables that are written otherwise than named. */
  readonly tex: (symbols?: Readonly<Record<string, string>>) => string;
}

type Evaluate = (variables: ArrayLike<number>) => number;

/**
 * The function that an expression denotes: numbers, the variables, pi and e, + − * / ^, comparisons, c ? a : b and
 * the functions below. Everything else, and every other name, is refused: an expression reaches nothing outside it.
 * @param field names the expression in the InputError
 */
export function parseArithmetic(field: string, text: string, variables: readonly string[]): Arithmetic {
  let node: MathNode;
  try {
    node = math.parse(text);
  } catch (error) {
    throw new InputError(field, text, `an expression (${(error as Error).message})`);
  }
  return fromNode(field, text, node, variables);
}

function fromNode(field: string, original: string, node: MathNode, variables: readonly string[]): Arithmetic {
  const refuse = (what: string): never => {
    const known = [...variables, 'pi', 'e'].join(', ');
    throw new InputError(field, original, `arithmetic on ${known} without ${what}`);
  };
  let enclosed: Enclosure | undefined;
  return {
    evaluate: compile(node, variables, refuse),
    enclose: (box) => (enclosed ??= enclosure(node, variables))(box),
    derivative(variable) {
      let derived: MathNode;
      try {
        derived = math.derivative(node, variable);
      } catch (error) {
        throw new InputError(field, original, `a differentiable expression (${(error as Error).message})`);
      }
      return fromNode(field, original, derived, variables);
    },
    get text() {
      return node.toString();
    },
    tex: (symbols = {}) =>
      node.toTex({
        handler: (part: MathNode) =>
          math.isSymbolNode(part) && Object.hasOwn(symbols, part.name) ? ` ${symbols[part.name]}` : undefined,
      }),
  };
}

function compile(node: MathNode, variables: readonly string[], refuse: (what: string) => never): Evaluate {
  const sub = (child: MathNode): Evaluate => compile(child, variables, refuse);
  if (math.isParenthesisNode(node)) return sub(node.content);
  if (math.isConstantNode(node)) {
    const value: unknown = node.value;
    if (typeof value === 'number' && Number.isFinite(value)) return () => value;
    return refuse(typeof value === 'number' ? `the value ${value}` : `the ${typeof value} ${node.toString()}`);
  }
  if (math.isSymbolNode(node)) {
    const index = variables.indexOf(node.name);
    if (index >= 0) return (x) => x[index];
    const constant = constants.get(node.name);
    return constant === undefined ? refuse(`the name ${node.name}`) : () => constant;
  }
  if (math.isConditionalNode(node)) {
    const [condition, yes, no] = [sub(node.condition), sub(node.trueExpr), sub(node.falseExpr)];
    return (x) => (condition(x) !== 0 ? yes(x) : no(x));
  }
  if (math.isOperatorNode(node)) {
    const operator = operators.get(node.fn);
    if (operator?.length !== node.args.length) return refuse(`the operator ${node.op}`);
    return apply(operator, node.args.map(sub));
  }
  if (math.isFunctionNode(node)) {
    const name = node.fn.name;
    const callable = functions.get(name);
    if (callable === undefined) return refuse(`the function ${name}`);
    const given = node.args.length;
    const takes = name === 'log' ? [1, 2] : callable.length === 0 ? [1, Infinity] : [callable.length, callable.length];
    if (given < takes[0] || given > takes[1]) return refuse(`${given} arguments of ${name}`);
    return apply(callable, node.args.map(sub));
  }
  return refuse(`a ${node.type}`);
}

function apply(operation: (...values: number[]) => number, parts: readonly Evaluate[]): Evaluate {
  const [first, second] = parts;
  switch (parts.length) {
    case 1:
      return (x) => operation(first(x));
    case 2:
      return (x) => operation(first(x), second(x));
    default:
      return (x) => operation(...parts.map((part) => part(x)));
  }
}

const constants = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

const operators = new Map<string, (...values: number[]) => number>([
  ['add', (a, b) => a + b],
  ['subtract', (a, b) => a - b],
  ['multiply', (a, b) => a * b],
  ['divide', (a, b) => a / b],
  ['pow', (a, b) => a ** b],
  ['unaryMinus', (a) => -a],
  ['unaryPlus', (a) => a],
  ['smaller', (a, b) => Number(a < b)],
  ['smallerEq', (a, b) => Number(a <= b)],
  ['larger', (a, b) => Number(a > b)],
  ['largerEq', (a, b) => Number(a >= b)],
  ['equal', (a, b) => Number(a === b)],
  ['unequal', (a, b) => Number(a !== b)],
  ['and', (a, b) => Number(a !== 0 && b !== 0)],
  ['or', (a, b) => Number(a !== 0 || b !== 0)],
  ['not', (a) => Number(a === 0)],
  ['mod', (a, b) => a - b * Math.floor(a / b)],
]);

const functions = new Map<string, (...values: number[]) => number>([
  ['exp', Math.exp],
  ['expm1', Math.expm1],
  // Natural, or to a base given second.
  ['log', (x, base?: number) => (base === undefined ? Math.log(x) : Math.log(x) / Math.log(base))],
  ['log1p', Math.log1p],
  ['log2', Math.log2],
  ['log10', Math.log10],
  ['sqrt', Math.sqrt],
  ['cbrt', Math.cbrt],
  ['abs', Math.abs],
  ['sign', Math.sign],
  ['floor', Math.floor],
  ['ceil', Math.ceil],
  ['round', Math.round],
  ['fix', Math.trunc],
  ['sin', Math.sin],
  ['cos', Math.cos],
  ['tan', Math.tan],
  ['asin', Math.asin],
  ['acos', Math.acos],
  ['atan', Math.atan],
  ['sinh', Math.sinh],
  ['cosh', Math.cosh],
  ['tanh', Math.tanh],
  ['sech', (x) => 1 / Math.cosh(x)],
  ['csch', (x) => 1 / Math.sinh(x)],
  ['coth', (x) => 1 / Math.tanh(x)],
  ['sec', (x) => 1 / Math.cos(x)],
  ['csc', (x) => 1 / Math.sin(x)],
  ['cot', (x) => 1 / Math.tan(x)],
  ['square', (x) => x * x],
  ['cube', (x) => x * x * x],
  ['pow', (a, b) => a ** b],
  ['mod', (a, b) => a - b * Math.floor(a / b)],
  ['atan2', (a, b) => Math.atan2(a, b)],
  // Any number of arguments.
  ['min', (...values) => Math.min(...values)],
  ['max', (...values) => Math.max(...values)],
  ['hypot', (...values) => Math.hypot(...values)],
]);
