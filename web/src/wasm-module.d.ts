declare module "segment-blocker:wasm" {
  const wasm: { text: string; decode(): Uint8Array<ArrayBuffer> };
  export default wasm;
}

declare const __VERSION__: string;
