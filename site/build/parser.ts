import {
  create,
  isConditionalNode,
  isArrayNode,
  isConstantNode,
  isFunctionNode,
  isOperatorNode,
  isParenthesisNode,
  isRelationalNode,
  isSymbolNode,
  parseDependencies,
} from 'mathjs/number';

/**
 * What of mathjs the expressions need: its parser, and the kinds of node. Pages take it in place of the one file that the
 * library ships for browsers, which is three times as large as all the rest of what they load.
 */
const { parse } = create(parseDependencies, {});
export default {
  ...{ parse, isArrayNode, isConditionalNode, isConstantNode, isFunctionNode, isOperatorNode },
  ...{ isParenthesisNode, isRelationalNode, isSymbolNode },
};
