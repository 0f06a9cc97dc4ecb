/** Pixels of a PNG for one of the SVG, as in the figures that the command line draws. */
const pixelRatio = 2;

/** Hands a file to the browser's downloads. */
export function save(name: string, content: Blob): void {
  const link = Object.assign(document.createElement('a'), { href: URL.createObjectURL(content), download: name });
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(link.href);
  }, 10_000);
}

/** An SVG painted as PNG. */
export async function pngOf(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = URL.createObjectURL(new Blob([svg], { type: 'image/svg+xml' }));
  try {
    await image.decode();
  } finally {
    URL.revokeObjectURL(image.src);
  }
  const canvas = Object.assign(document.createElement('canvas'), {
    width: image.width * pixelRatio,
    height: image.height * pixelRatio,
  });
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => {
      if (blob === null) reject(new Error('the browser painted no PNG'));
      else resolve(blob);
    }, 'image/png');
  });
}
