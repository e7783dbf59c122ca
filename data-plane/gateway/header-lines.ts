const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
/** What would end a line early, or is no byte. */
const NOT_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/;

const isDate = (name: string) => name.length === 4 && name.toLowerCase() === "date";

/**
 * Headers as the text of their lines, each checked when it was put in: nothing in them can end a line early or be taken
 * for another header. Never those that frame a body or concern the connection.
 */
export class HeaderLines {
  /** One character a byte. */
  readonly text: string;
  /** Whether a Date is among them. */
  readonly dated: boolean;

  private constructor(text: string, dated: boolean) {
    this.text = text;
    this.dated = dated;
  }

  /** Throws TypeError for a name that is no token (RFC 9110, section 5.6.2) and for a value that is no field value. */
  static of(pairs: readonly (readonly [name: string, value: string])[]): HeaderLines {
    let text = "";
    let dated = false;
    for (const [name, value] of pairs) {
      if (!TOKEN.test(name)) throw new TypeError("This is no name of a header.");
      if (NOT_IN_VALUE.test(value)) throw new TypeError(`The header ${name} cannot have this value.`);
      if (isDate(name)) dated = true;
      text += `${name}: ${value}\r\n`;
    }
    return new HeaderLines(text, dated);
  }

  /** Of the gateway's own making: lines of constants, of numbers and of what was held to a shape before. */
  static own(text: string): HeaderLines {
    return new HeaderLines(text, false);
  }

  /** These and then those. */
  and(more: HeaderLines): HeaderLines {
    return new HeaderLines(this.text + more.text, this.dated || more.dated);
  }
}
