import type { FunctionNode, MathNode, OperatorNode } from 'mathjs';
import { InputError } from '../../base/input-error.js';
import { newBuilder, type Builder } from './builder.js';
import type { Expression } from './expression.js';
import { huber, negation, not, unaryFunctions } from './functions.js';
import { up } from './interval.js';
import { comparisons, connectives } from './logic.js';
import math from './mathjs.js';
import {
  angle,
  difference,
  hypotenuse,
  larger,
  logSumExp,
  product,
  quotient,
  remainder,
  smaller,
  sum,
  type BinaryOperation,
} from './operations.js';

/** The longest expression that is read, in characters and in numbers, names and operations. */
export const mostCharacters = 100_000;
export const mostParts = 20_000;
/** How deep parentheses may be nested. */
const deepestNesting = 100;

/** An expression as it is written, and what it is made of. */
export interface ParsedExpression {
  readonly node: MathNode;
  readonly expression: Expression;
}

/**
 * Reads an expression: numbers, the variables, pi and e, + − * / ^, comparisons, c ? a : b and the functions of the
 * table. Everything else, and every other name, is refused: an expression reaches nothing outside it.
 * @param field names the expression in the InputError
 */
export function parseExpression(field: string, text: string, variables: readonly string[]): ParsedExpression {
  const node = parsed(field, text.normalize('NFC'));
  const reader = newReader(
    variables.map((name) => name.normalize('NFC')),
    (what) => {
      throw new InputError(field, text, `arithmetic on ${[...variables, 'pi', 'e'].join(', ')} without ${what}`);
    },
  );
  const whole = read(node, reader, () => {
    throw new InputError(field, text, `at most ${mostParts} numbers, names and operations`);
  });
  return { node, expression: reader.builder.finish(whole, variables.length) };
}

function parsed(field: string, text: string): MathNode {
  if (text.length > mostCharacters) throw new InputError(field, text, `at most ${mostCharacters} characters`);
  let [depth, deepest] = [0, 0];
  for (const character of text) {
    if ('([{'.includes(character)) deepest = Math.max(deepest, ++depth);
    else if (')]}'.includes(character)) depth--;
  }
  const tooDeep = new InputError(field, text, `parentheses nested at most ${deepestNesting} deep`);
  if (deepest > deepestNesting) throw tooDeep;
  try {
    return math.parse(text);
  } catch (error) {
    // Chains of ^, of signs and of ? : are nested too; the parser's stack says how deep.
    if (!(error instanceof SyntaxError)) throw new InputError(field, text, 'an expression nested less deeply');
    throw new InputError(field, text, `an expression (${error.message.replace(/\s+/g, ' ').slice(0, 100)})`);
  }
}

interface TokenReader {
  readonly builder: Builder;
  readonly variables: readonly string[];
  readonly refuse: (what: string) => never;
}

function newReader(variables: readonly string[], refuse: (what: string) => never): TokenReader {
  return { builder: newBuilder(), variables, refuse };
}

/** Reads a tree from its leaves to its root, with a stack of its own: a sum may have thousands of terms. */
function read(root: MathNode, reader: TokenReader, tooMany: () => never): number {
  const waiting: { node: MathNode; opened: boolean }[] = [{ node: root, opened: false }];
  const done: number[] = [];
  let count = 0;
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const { node, opened } = next;
    const children = childrenOf(node, reader);
    if (!opened && children.length > 0) {
      waiting.push({ node, opened: true });
      for (let i = children.length - 1; i >= 0; i--) waiting.push({ node: children[i], opened: false });
      continue;
    }
    if (++count > mostParts) tooMany();
    done.push(made(node, done.splice(done.length - children.length), reader));
  }
  return done[0];
}

/** The parts that a node is made from, in their order. */
function childrenOf(node: MathNode, reader: TokenReader): readonly MathNode[] {
  if (math.isParenthesisNode(node)) return [node.content];
  if (math.isConditionalNode(node)) {
    const { condition, trueExpr, falseExpr } = node;
    return [condition, trueExpr, falseExpr];
  }
  if (math.isOperatorNode(node)) return (node as OperatorNode).args;
  if (math.isRelationalNode(node)) return node.params;
  if (math.isFunctionNode(node)) return argumentsOf(node, reader);
  return [];
}

/** The arguments of a function; those that take any number take them as one list too. */
function argumentsOf(node: FunctionNode, { refuse }: TokenReader): readonly MathNode[] {
  if (!math.isSymbolNode(node.fn)) return refuse('a call of what is no function');
  const { name } = node.fn;
  if (!functionNames.includes(name)) return refuse(`the function ${name.slice(0, 40)}`);
  const [list, ...rest] = node.args as (MathNode | undefined)[];
  if (list === undefined || !anyNumber.has(name) || !math.isArrayNode(list)) return node.args;
  return name === 'norm' ? list.items : [...list.items, ...(rest as MathNode[])];
}

const anyNumber = new Map<string, BinaryOperation>([
  ['max', larger],
  ['min', smaller],
  ['hypot', hypotenuse],
  ['norm', hypotenuse],
  ['logsumexp', logSumExp],
  ['sum', sum],
]);

const operators = new Map<string, BinaryOperation>([
  ['add', sum],
  ['subtract', difference],
  ['multiply', product],
  ['divide', quotient],
  ['mod', remainder],
  ['and', connectives[0]],
  ['or', connectives[1]],
  ...['smaller', 'smallerEq', 'larger', 'largerEq', 'equal', 'unequal'].map((name, i): [string, BinaryOperation] => [
    name,
    comparisons[i],
  ]),
]);

/** Functions that are written with others: how many arguments they take, and what they are. */
const definitions = new Map<
  string,
  { takes: readonly number[]; of(builder: Builder, args: readonly number[]): number }
>([
  ['log', { takes: [1, 2], of: (b, [x, base]: readonly (number | undefined)[]) => logarithmTo(b, x ?? 0, base) }],
  ['log2', { takes: [1], of: (b, [x]) => scaledLogarithm(b, 'log2', 2, x) }],
  ['log10', { takes: [1], of: (b, [x]) => scaledLogarithm(b, 'log10', 10, x) }],
  ['log1p', { takes: [1], of: (b, [x]) => b.logarithmOfOnePlus(x) }],
  ['softplus', { takes: [1], of: (b, [x]) => b.combine(logSumExp, b.constant(0), x) }],
  ['hinge', { takes: [1], of: (b, [x]) => b.combine(larger, b.constant(0), b.combine(difference, b.constant(1), x)) }],
  ['pos', { takes: [1], of: (b, [x]) => b.combine(larger, b.constant(0), x) }],
  ['pow', { takes: [2], of: (b, [x, y]) => b.raise(x, y) }],
  ['mod', { takes: [2], of: (b, [x, y]) => b.combine(remainder, x, y) }],
  ['atan2', { takes: [2], of: (b, [x, y]) => b.combine(angle, x, y) }],
  ['not', { takes: [1], of: (b, [x]) => b.apply(not, x) }],
  ...(['sech cosh', 'csch sinh', 'coth tanh', 'sec cos', 'csc sin', 'cot tan'] as const).map(
    (pair): [string, { takes: number[]; of(builder: Builder, args: readonly number[]): number }] => {
      const [name, inverse] = pair.split(' ');
      return [
        name,
        { takes: [1], of: (b, [x]) => b.combine(quotient, b.constant(1), b.apply(tableEntry(inverse), x)) },
      ];
    },
  ),
]);

/** The names of all functions that an expression may call. */
export const functionNames: readonly string[] = [
  ...new Set([...unaryFunctions.keys(), ...definitions.keys(), ...anyNumber.keys(), 'huber']),
].sort();

function tableEntry(name: string): NonNullable<ReturnType<typeof unaryFunctions.get>> {
  const rule = unaryFunctions.get(name);
  if (rule === undefined) throw new Error(`the table has no ${name}`);
  return rule;
}

function logarithmTo(b: Builder, x: number, base: number | undefined): number {
  return base === undefined ? b.logarithm(x) : b.combine(quotient, b.logarithm(x), b.logarithm(base));
}

/** A logarithm to another base, of exponentials by way of the natural one. */
function scaledLogarithm(b: Builder, name: string, base: number, x: number): number {
  const plain = b.logarithm(x);
  const direct = b.apply(tableEntry(name), x);
  return plain === b.apply(tableEntry('log'), x)
    ? direct
    : b.combine(quotient, plain, b.apply(tableEntry('log'), b.constant(base)));
}

/** The part that a node is, made of the parts of its children. */
function made(node: MathNode, args: readonly number[], reader: TokenReader): number {
  const { builder, variables, refuse } = reader;
  if (math.isParenthesisNode(node)) return args[0];
  if (math.isConstantNode(node)) {
    const value: unknown = node.value;
    if (typeof value === 'number' && Number.isFinite(value)) return builder.constant(value);
    return refuse(typeof value === 'string' ? 'text' : `the value ${String(value).slice(0, 20)}`);
  }
  if (math.isSymbolNode(node)) {
    const index = variables.indexOf(node.name);
    if (index >= 0) return builder.variable(index);
    const constant = constants.get(node.name);
    if (constant === undefined) return refuse(`the name ${node.name.slice(0, 40)}`);
    // Both are more than their doubles.
    return builder.constant(constant, { low: constant, high: up(constant) });
  }
  if (math.isConditionalNode(node)) return builder.choose(args[0], args[1], args[2]);
  if (math.isRelationalNode(node)) {
    const links = node.conditionals.map((name, i) => {
      const rule = operators.get(name);
      return rule === undefined ? refuse(`the comparison ${name}`) : builder.combine(rule, args[i], args[i + 1]);
    });
    return links.reduce((both, link) => builder.combine(connectives[0], both, link));
  }
  if (math.isOperatorNode(node)) return ofOperator(node as OperatorNode, args, reader);
  if (math.isFunctionNode(node)) return ofFunction(node, args, reader);
  return refuse(constructs.get(node.type) ?? `what the parser calls ${node.type}`);
}

function ofOperator(node: OperatorNode, args: readonly number[], { builder, refuse }: TokenReader): number {
  if (args.length === 1) {
    if (node.fn === 'unaryMinus') return builder.apply(negation, args[0]);
    if (node.fn === 'unaryPlus') return args[0];
    if (node.fn === 'not') return builder.apply(not, args[0]);
  }
  if (args.length === 2 && node.fn === 'pow') return builder.raise(args[0], args[1]);
  const rule = operators.get(node.fn);
  return rule === undefined || args.length !== 2
    ? refuse(`the operator ${String(node.op)}`)
    : builder.combine(rule, args[0], args[1]);
}

function ofFunction(node: FunctionNode, args: readonly number[], { builder, refuse }: TokenReader): number {
  const { name } = node.fn as unknown as { name: string };
  const wrongCount = (): never => refuse(`${args.length} ${args.length === 1 ? 'argument' : 'arguments'} of ${name}`);
  const fold = anyNumber.get(name);
  if (fold !== undefined) {
    if (args.length === 0) return wrongCount();
    return name === 'norm' ? ofNorm(node, args, builder, refuse) : gathered(builder, fold, args);
  }
  const definition = definitions.get(name);
  if (definition !== undefined) {
    return definition.takes.includes(args.length) ? definition.of(builder, args) : wrongCount();
  }
  if (name === 'huber') {
    if (args.length !== 1 && args.length !== 2) return wrongCount();
    const delta = args.length === 1 ? 1 : builder.constantOf(args[1]);
    if (delta === undefined || !(delta > 0)) return refuse('a threshold of huber that is not a positive number');
    return builder.apply(huber(delta), args[0]);
  }
  const rule = unaryFunctions.get(name);
  return rule !== undefined && args.length === 1 ? builder.apply(rule, args[0]) : wrongCount();
}

/** One, or all of some parts put together in their order; the norm of one number is its size. */
function gathered(builder: Builder, rule: BinaryOperation, args: readonly number[]): number {
  if (args.length === 1 && rule === hypotenuse) return builder.apply(tableEntry('abs'), args[0]);
  return args.reduce((all, one) => builder.combine(rule, all, one));
}

/** norm(x, y, …), or norm([x, y, …], p) with p = 1, 2 or Infinity. */
function ofNorm(node: FunctionNode, args: readonly number[], builder: Builder, refuse: TokenReader['refuse']): number {
  const [list, p] = node.args as (MathNode | undefined)[];
  if (p === undefined || !math.isArrayNode(list)) return gathered(builder, hypotenuse, args);
  const size = args.map((arg) => builder.apply(tableEntry('abs'), arg));
  if (math.isConstantNode(p) && p.value === 2) return gathered(builder, hypotenuse, args);
  if (math.isConstantNode(p) && p.value === 1) return gathered(builder, sum, size);
  if (math.isConstantNode(p) && p.value === Infinity) return gathered(builder, larger, size);
  return refuse('a norm other than 1, 2 and Infinity');
}

const constants = new Map([
  ['pi', Math.PI],
  ['e', Math.E],
]);

/** What the parser reads and an expression may not have, in words. */
const constructs = new Map([
  ['ArrayNode', 'a list'],
  ['ObjectNode', 'an object'],
  ['AccessorNode', 'a property'],
  ['IndexNode', 'an index'],
  ['AssignmentNode', 'an assignment'],
  ['FunctionAssignmentNode', 'the definition of a function'],
  ['BlockNode', 'several expressions'],
  ['RangeNode', 'a range'],
]);
