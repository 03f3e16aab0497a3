// Which types of a name say what it is. Types alone.

/** Whether it is anything but one literal. */
export type IsVague<T> = [T] extends [string] ? (Record<never, never> extends Record<T, true> ? true : IsUnion<T>) : true;
type IsUnion<T, Each = T> = T extends unknown ? ([Each] extends [T] ? false : true) : never;
