/** What happened to a checkpoint. */
export type CheckpointNotice =
  | {
    /** One copy was damaged; it is made anew from the other one. */
    readonly kind: "checkpoint-damaged";
    /** Path of the copy. */
    readonly copy: string;
    /** What is wrong with it. */
    readonly error: Error;
  }
  | {
    /** Both copies were damaged; what proved itself by its checksum is kept, the rest may be missing. */
    readonly kind: "checkpoint-lost";
    readonly directory: string;
    readonly error: Error;
  }
  | {
    /** The checkpoint must grow and the disk is full: nothing can be recorded until there is room. */
    readonly kind: "checkpoint-full";
    readonly directory: string;
    readonly error: Error;
  }
  | {
    /** The checkpoint cannot be written for another reason; it is tried again and again. */
    readonly kind: "checkpoint-unwritable";
    readonly directory: string;
    readonly error: Error;
  }
  | {
    /** The checkpoint is written again. */
    readonly kind: "checkpoint-recovered";
    readonly directory: string;
  };

/** Is told what happens; it must not throw. */
export type CheckpointObserver = (notice: CheckpointNotice) => void;
