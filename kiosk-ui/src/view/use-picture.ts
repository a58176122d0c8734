import { type RefObject, useEffect, useRef, useState } from "react";
import { followPicture } from "../lane/picture-feed.js";

/** Draws the newest picture on a canvas while `wanted`; `shown` is false whenever there is nothing live on it. */
export function usePicture(wanted: boolean): { canvas: RefObject<HTMLCanvasElement | null>; shown: boolean } {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!wanted) return;
    const stop = new AbortController();
    const show = (picture: ImageBitmap | null) => {
      const target = canvas.current;
      if (target && picture) {
        target.width = picture.width;
        target.height = picture.height;
        target.getContext("bitmaprenderer")?.transferFromImageBitmap(picture);
      }
      setShown(picture !== null);
    };
    void followPicture(show, stop.signal);
    return () => {
      stop.abort();
      setShown(false);
    };
  }, [wanted]);
  return { canvas, shown };
}
