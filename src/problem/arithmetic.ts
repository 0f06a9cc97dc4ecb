import { all, create, type MathNode } from 'mathjs/number';
import { InputError } from '../input-error.js';

const math = create(all, {});

/** A real function of named variables, written as an expression. */
export interface Arithmetic {
  /** The value at the variables' values, in the order in which they were named. */
  evaluate(variables: ArrayLike<number>): number;
  /** The derivative with respect to one variable; throws an InputError where there is no symbolic one. */
  derivative(variable: string): Arithmetic;
  /** The expression as mathjs writes it. */
  readonly text: string;
  /** The expression in TeX. */
  readonly tex: string;
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
  return {
    evaluate: compile(node, variables, refuse),
    derivative(variable) {
      let derived: MathNode;
      try {
        derived = math.derivative(node, variable);
      } catch (error) {
        throw new InputError(field, original, `a differentiable expression (${(error as Error).message})`);
      }
      return fromNode(field, original, derived, variables);
    },
    text: node.toString(),
    tex: node.toTex(),
  };
}

function compile(node: MathNode, variables: readonly string[], refuse: (what: string) => never): Evaluate {
  const sub = (child: MathNode): Evaluate => compile(child, variables, refuse);
  if (math.isParenthesisNode(node)) return sub(node.content);
  if (math.isConstantNode(node)) {
    const value: unknown = node.value;
    return typeof value === 'number' ? () => value : refuse(`the ${typeof value} ${node.toString()}`);
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
    const fixed = callable.length;
    if (fixed > 0 ? node.args.length !== fixed : node.args.length === 0) {
      return refuse(`${node.args.length} arguments of ${name}`);
    }
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
]);

const functions = new Map<string, (...values: number[]) => number>([
  ['exp', Math.exp],
  ['expm1', Math.expm1],
  ['log', Math.log],
  ['log1p', Math.log1p],
  ['log2', Math.log2],
  ['log10', Math.log10],
  ['sqrt', Math.sqrt],
  ['cbrt', Math.cbrt],
  ['abs', Math.abs],
  ['sign', Math.sign],
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
  // Any number of arguments.
  ['min', (...values) => Math.min(...values)],
  ['max', (...values) => Math.max(...values)],
]);
