import { useEffect, useState } from "react";
import { Picture } from "./bits.js";

/** A picture that is only on this computer so far. */
export function ThumbOfFile({ file }: { file: File }) {
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(file);
    setUrl(made);
    return () => URL.revokeObjectURL(made);
  }, [file]);
  return <Picture src={url} alt={file.name} size={96} />;
}
