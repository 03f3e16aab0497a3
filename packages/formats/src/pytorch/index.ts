// The names of this entry.
export {};
