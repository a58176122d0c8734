import { NodeName } from "@tillsight/contracts";
import { z } from "zod";

/** Groups are for rollouts: `canary`, `north`. */
export const Group = z.union([NodeName, z.literal("")]);
