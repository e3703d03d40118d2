// TypeScript text of TypeDoc's types and signatures.

/** The text of a type, in which object and function types are written out. */
export function typeText(type) {
  if (type === undefined) return 'unknown';
  switch (type.type) {
    case 'array':
      return `${inParentheses(type.elementType)}[]`;
    case 'conditional':
      return `${typeText(type.checkType)} extends ${typeText(type.extendsType)} ? ${typeText(type.trueType)} : ${typeText(type.falseType)}`;
    case 'indexedAccess':
      return `${inParentheses(type.objectType)}[${typeText(type.indexType)}]`;
    case 'intersection':
      return type.types.map(inParentheses).join(' & ');
    case 'union':
      return type.types
        .map((each) => (each.type === 'typeOperator' ? typeText(each) : inParentheses(each)))
        .join(' | ');
    case 'mapped':
      return `{ ${type.readonlyModifier === '+' ? 'readonly ' : ''}[${type.parameter} in ${typeText(type.parameterType)}]${type.optionalModifier === '+' ? '?' : ''}: ${typeText(type.templateType)} }`;
    case 'namedTupleMember':
      return `${type.name}${type.isOptional ? '?' : ''}: ${typeText(type.element)}`;
    case 'optional':
      return `${typeText(type.elementType)}?`;
    case 'predicate':
      return `${type.asserts ? 'asserts ' : ''}${type.name}${type.targetType ? ` is ${typeText(type.targetType)}` : ''}`;
    case 'query':
      return `typeof ${typeText(type.queryType)}`;
    case 'reference':
      return `${type.name}${argumentsText(type.typeArguments)}`;
    case 'reflection':
      return objectText(type.declaration);
    case 'rest':
      return `...${typeText(type.elementType)}`;
    case 'tuple':
      return `[${type.elements.map(typeText).join(', ')}]`;
    case 'typeOperator':
      return `${type.operator} ${inParentheses(type.target)}`;
    default:
      return type.toString();
  }
}

/** A signature after its name: `<T>(x: T, y?: number): T`. @param arrow what stands before the result. */
export function signatureText(signature, arrow = ': ') {
  const parameters = (signature.parameters ?? []).map(
    ({ name, type, flags, defaultValue }) =>
      `${flags.isRest ? '...' : ''}${name.startsWith('__') ? 'options' : name}${flags.isOptional || defaultValue !== undefined ? '?' : ''}: ${typeText(type)}`,
  );
  const generics = genericsText(signature.typeParameters);
  const line = `${generics}(${parameters.join(', ')})${arrow}${typeText(signature.type)}`;
  if (line.length <= 90 || arrow !== ': ') return line;
  return `${generics}(\n${parameters.map((each) => `  ${each},\n`).join('')})${arrow}${typeText(signature.type)}`;
}

/** The type parameters of a declaration, with what they extend. */
export function genericsText(parameters) {
  if (!parameters?.length) return '';
  return `<${parameters
    .map(
      ({ name, type, default: fallback }) =>
        `${name}${type ? ` extends ${typeText(type)}` : ''}${fallback ? ` = ${typeText(fallback)}` : ''}`,
    )
    .join(', ')}>`;
}

/** A property or a method, as a line of an interface. */
export function memberText(member) {
  const own = member.signatures ?? member.type?.declaration?.signatures;
  const optional = member.flags.isOptional ? '?' : '';
  if (own && (member.signatures || !optional))
    return own
      .map((signature) => `${member.name}${optional}${signatureText(signature).replace(/\n */g, ' ')}`)
      .join('; ');
  const type = member.type ?? member.getSignature?.type;
  return `${member.flags.isStatic ? 'static ' : ''}${member.name}${optional}: ${typeText(type)}`;
}

function objectText({ signatures, children = [], indexSignatures = [] }) {
  if (signatures?.length === 1 && children.length === 0) return signatureText(signatures[0], ' => ');
  const members = [
    ...(signatures ?? []).map((signature) => signatureText(signature).replace(/\n */g, ' ')),
    ...indexSignatures.map(
      ({ parameters: [{ name, type }], type: value }) => `[${name}: ${typeText(type)}]: ${typeText(value)}`,
    ),
    ...children.map(memberText),
  ];
  return members.length === 0 ? '{}' : `{ ${members.join('; ')} }`;
}

/** The text of a type within another one. */
function inParentheses(type) {
  const isFunction = type.type === 'reflection' && type.declaration.signatures && !type.declaration.children;
  const isOpen = isFunction || ['union', 'intersection', 'conditional', 'typeOperator'].includes(type.type);
  return isOpen ? `(${typeText(type)})` : typeText(type);
}

function argumentsText(types) {
  return types?.length ? `<${types.map(typeText).join(', ')}>` : '';
}
