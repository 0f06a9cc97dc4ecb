// Of both packages, what is used here.
declare module 'pdfkit' {
  export default class PDFDocument {
    constructor(options: {
      readonly size: readonly [number, number];
      readonly margin: number;
      readonly info: Readonly<Record<string, string | Date>>;
    });
    registerFont(name: string, file: string): void;
    on(event: 'data', take: (piece: Uint8Array) => void): void;
    on(event: 'end', take: () => void): void;
    end(): void;
  }
}

declare module 'svg-to-pdfkit' {
  import type PDFDocument from 'pdfkit';
  export default function svgToPdf(
    document: PDFDocument,
    svg: string,
    x: number,
    y: number,
    options: {
      readonly width: number;
      readonly height: number;
      readonly fontCallback: (family: string, bold: boolean) => string;
      readonly warningCallback: (warning: string) => void;
    },
  ): void;
}
