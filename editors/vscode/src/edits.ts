/** A workspace edit as the server sends it, as far as a conversion needs it. */
export interface LspEdit {
  documentChanges: (
    | { kind: "create"; uri: string }
    | { textDocument: { uri: string }; edits: TextEdit[] }
  )[];
}

export interface TextEdit {
  range: { start: Position; end: Position };
  newText: string;
}

/** 0-based; characters are UTF-16 units, which is what VS Code offers. */
interface Position {
  line: number;
  character: number;
}

/** What happens to the text of one file, which is empty where the file is made. */
export interface Change {
  edits: TextEdit[];
}

/** The text with all edits made, which don't overlap and are all of the text as it is. */
export function applyEdits(text: string, edits: TextEdit[]): string {
  const starts = lineStarts(text);
  const offset = ({ line, character }: Position): number => {
    const start = starts[line];
    return start === undefined ? text.length : Math.min(start + character, starts[line + 1] ?? text.length);
  };
  // Edits at one place keep their order.
  const sorted = edits
    .map(({ range, newText }, index) => ({ start: offset(range.start), end: offset(range.end), newText, index }))
    .sort((a, b) => a.start - b.start || a.end - b.end || a.index - b.index);
  let made = "";
  let done = 0;
  for (const { start, end, newText } of sorted) {
    made += text.slice(done, start) + newText;
    done = end;
  }
  return made + text.slice(done);
}

/** Lines end at \n, \r\n and \r, as in the protocol. */
function lineStarts(text: string): number[] {
  const starts = [0];
  for (const match of text.matchAll(/\r\n|\n|\r/g)) {
    starts.push(match.index + match[0].length);
  }
  return starts;
}
