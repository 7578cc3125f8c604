/** What PDF.js makes of a page: operators, and the arguments of each. */
export interface OperatorList {
  readonly fnArray: readonly number[];
  readonly argsArray: readonly unknown[];
}

/** Gaps of so many font sizes part words and lines; smaller ones are between letters. */
const wordGap = 0.2;
const lineGap = 0.4;

type Point = readonly [x: number, y: number];
type Matrix = readonly [a: number, b: number, c: number, d: number, e: number, f: number];
const identity: Matrix = [1, 0, 0, 1, 0, 0];

export interface DrawnText {
  /** What the page itself draws, wherever on it or beside it. */
  readonly page: string;
  /** What annotations draw, one for each appearance stream with text, and how many streams there are. */
  readonly appearances: readonly string[];
  readonly count: number;
}

/**
 * Text that a page and its annotations draw, by their operators. Letters
 * that stand together come without a space between, those apart with one, those on another line with a line end.
 */
export async function readDrawnText({ fnArray, argsArray }: OperatorList): Promise<DrawnText> {
  const { OPS } = await import('unpdf/pdfjs');
  const appearances: string[] = [];
  const page = new Pen();
  let pen = page;
  let count = 0;
  fnArray.forEach((operator, index) => {
    const args = listOf(argsArray[index]);
    if (operator === OPS.beginAnnotation) {
      count += 1;
      pen = new Pen();
    } else if (operator === OPS.endAnnotation) {
      if (pen !== page && pen.text.trim() !== '') appearances.push(pen.text);
      pen = page;
    } else follow(pen, operator, args, OPS);
  });
  return { page: page.text, appearances, count };
}

function follow(
  pen: Pen,
  operator: number,
  args: readonly unknown[],
  ops: Readonly<Record<string, number>>,
): void {
  const [first, second] = args;
  if (operator === ops['setFont']) pen.setSize(Number(second));
  else if (operator === ops['beginText']) pen.place(identity);
  else if (operator === ops['setTextMatrix']) pen.place(matrixOf(args.length === 1 ? first : args));
  else if (operator === ops['moveText']) pen.move(Number(first), Number(second));
  else if (operator === ops['nextLine']) pen.nextLine();
  else if (operator === ops['transform']) pen.leave();
  else if (operator === ops['showText']) pen.show(listOf(first));
}

/** Follows where text is drawn (ISO 32000-2, 9.4), and puts down what parts it. */
class Pen {
  text = '';
  #size = 1;
  #matrix: Matrix = identity;
  /** In text space: where the line begins, and how far along it the pen is. */
  #line: Point = [0, 0];
  #along = 0;
  /** Where the last glyph ended, outside text space. */
  #reached: Point | undefined;

  setSize(size: number): void {
    this.#size = Math.abs(size) || 1;
  }

  place(matrix: Matrix): void {
    this.#matrix = matrix;
    this.#line = [0, 0];
    this.#along = 0;
  }

  /** Other coordinates: what follows cannot be told to go on here. */
  leave(): void {
    if (this.#reached !== undefined) this.text += '\n';
    this.#reached = undefined;
  }

  /** From the beginning of the line. */
  move(x: number, y: number): void {
    this.#line = [this.#line[0] + x, this.#line[1] + y];
    this.#along = 0;
  }

  nextLine(): void {
    this.move(0, -this.#size);
  }

  /** Glyphs, and between them numbers that move the pen back, in thousandths of the font size. */
  show(run: readonly unknown[]): void {
    for (const glyph of run) {
      if (typeof glyph === 'number') this.#along -= (glyph / 1000) * this.#size;
      else if (isGlyph(glyph)) {
        this.text += this.#gap() + glyph.unicode;
        this.#along += (Number(glyph.width) / 1000) * this.#size || 0;
        this.#reached = this.#point();
      }
    }
  }

  #gap(): string {
    if (this.#reached === undefined) return '';
    const [a, b] = this.#matrix;
    const [x, y] = this.#point();
    const [dx, dy] = [x - this.#reached[0], y - this.#reached[1]];
    const unit = (a ** 2 + b ** 2) * this.#size;
    if (Math.abs(dy * a - dx * b) > lineGap * unit) return '\n';
    return Math.abs(dx * a + dy * b) > wordGap * unit ? ' ' : '';
  }

  #point(): Point {
    const [a, b, c, d, e, f] = this.#matrix;
    const [x, y] = [this.#line[0] + this.#along, this.#line[1]];
    return [a * x + c * y + e, b * x + d * y + f];
  }
}

function isGlyph(value: unknown): value is { readonly unicode: string; readonly width?: unknown } {
  return (
    typeof value === 'object' && value !== null && 'unicode' in value && typeof value.unicode === 'string'
  );
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** PDF.js hands a matrix over as an array or as a typed array. */
function matrixOf(value: unknown): Matrix {
  if (!ArrayBuffer.isView(value) && !Array.isArray(value)) return identity;
  const [a = 1, b = 0, c = 0, d = 1, e = 0, f = 0] = Array.from(value as ArrayLike<number>, Number);
  return [a, b, c, d, e, f];
}
